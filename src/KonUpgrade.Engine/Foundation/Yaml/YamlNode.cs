namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>A node of a YAML document with its place in the text. Aliases lead to the same node.</summary>
internal abstract class YamlNode(int line, int column)
{
    /// <summary>The line that the node begins on, counted from 1.</summary>
    public int Line { get; } = line;

    /// <summary>The column that the node begins on, counted from 1.</summary>
    public int Column { get; } = column;
}

/// <summary>A scalar, resolved.</summary>
internal sealed class YamlScalar(YamlScalarKind kind, string text, int line, int column) : YamlNode(line, column)
{
    public YamlScalarKind Kind { get; } = kind;

    /// <summary>The string's content, or the number as JSON writes it; <c>true</c> or <c>false</c>; empty for null.</summary>
    public string Text { get; } = text;
}

/// <summary>What a scalar is in JSON.</summary>
internal enum YamlScalarKind
{
    Null,
    Boolean,
    Number,
    String,
}

/// <summary>A sequence.</summary>
internal sealed class YamlSequence(int line, int column) : YamlNode(line, column)
{
    public List<YamlNode> Items { get; } = [];
}

/// <summary>A mapping: keys are strings as in JSON, merge keys are already put in.</summary>
internal sealed class YamlMapping(int line, int column) : YamlNode(line, column)
{
    public List<YamlEntry> Entries { get; } = [];

    /// <summary>The value under a key, or null.</summary>
    public YamlNode? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key == key)
                return entry.Value;
        }

        return null;
    }
}

/// <summary>A key with its place, and its value.</summary>
internal sealed record YamlEntry(string Key, YamlNode Value, int Line, int Column);
