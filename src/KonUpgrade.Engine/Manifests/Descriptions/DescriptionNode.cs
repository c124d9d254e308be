using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>A mapping of a description, read field by field; what is wrong is told with file, line and column.</summary>
internal sealed class DescriptionNode
{
    private readonly YamlMapping _mapping;
    private readonly string _file;
    private readonly string _path;
    private readonly string _errorId;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly List<DescriptionNode> _members = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    private DescriptionNode(YamlNode node, string file, string path, string errorId)
    {
        _file = file;
        _path = path;
        _errorId = errorId;
        _mapping = node as YamlMapping ?? throw At(node, $"{(path.Length == 0 ? "The document" : path)} must be a mapping.");
    }

    /// <summary>The document.</summary>
    /// <param name="node">What was read.</param>
    /// <param name="file">What errors call the text.</param>
    /// <param name="errorId">The id of what is wrong in it.</param>
    public static DescriptionNode Root(YamlNode node, string file, string errorId = "InvalidSystem") => new(node, file, "", errorId);

    /// <summary>The names of the fields that are there.</summary>
    public IEnumerable<string> Names => _mapping.Entries.Select(entry => entry.Key).Where(name => !_taken.Contains(name));

    /// <summary>A string, or null where the field is not there.</summary>
    public string? Text(string name) => Find(name) is { } node ? TextOf(node, name) : null;

    /// <summary>A string that must be there.</summary>
    public string RequiredText(string name) =>
        Text(name) is { Length: > 0 } text ? text : throw Error(name, $"{PathOf(name)} must be there and not be empty.");

    /// <summary>A boolean, false where the field is not there, unless told otherwise.</summary>
    public bool Flag(string name, bool otherwise = false) => Find(name) switch
    {
        null => otherwise,
        YamlScalar { Kind: YamlScalarKind.Boolean } scalar => scalar.Text == "true",
        var node => throw At(node, $"{PathOf(name)} must be true or false."),
    };

    /// <summary>A whole number, or null where the field is not there.</summary>
    public int? Number(string name) => Find(name) switch
    {
        null => null,
        YamlScalar { Kind: YamlScalarKind.Number } scalar when int.TryParse(scalar.Text, out var number) => number,
        var node => throw At(node, $"{PathOf(name)} must be a whole number."),
    };

    /// <summary>A list of strings, empty where the field is not there.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        [.. Elements(name).Select((node, i) => TextOf(node, $"{name}[{i}]"))];

    /// <summary>A mapping of strings, empty where the field is not there.</summary>
    public IReadOnlyDictionary<string, string> TextMap(string name)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        switch (Find(name))
        {
            case null:
                break;
            case YamlMapping mapping:
                foreach (var entry in mapping.Entries)
                    result.Add(entry.Key, TextOf(entry.Value, $"{name}.{entry.Key}"));
                break;
            case var node:
                throw At(node, $"{PathOf(name)} must be a mapping.");
        }

        return result;
    }

    /// <summary>A mapping of strings, numbers and truth values, as JSON; empty where the field is not there.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Scalars(string name) => Find(name) switch
    {
        null => [],
        YamlMapping mapping => [.. mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key, JsonOf(entry.Value, $"{name}.{entry.Key}")))],
        var node => throw At(node, $"{PathOf(name)} must be a mapping."),
    };

    /// <summary>A string, a number, a truth value, or a list of these joined by commas, as text; null where the field is not there.</summary>
    public string? Scalar(string name) => Find(name) switch
    {
        null => null,
        YamlScalar scalar => scalar.Text,
        YamlSequence list when list.Items.TrueForAll(item => item is YamlScalar) => string.Join(',', list.Items.Select(item => ((YamlScalar)item).Text)),
        var node => throw At(node, $"{PathOf(name)} must be a string, a number, true, false or a list of strings."),
    };

    /// <summary>A mapping of lists of strings, empty where the field is not there; a single string stands for a list of one.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> TextLists(string name)
    {
        var result = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        switch (Find(name))
        {
            case null:
                break;
            case YamlMapping mapping:
                foreach (var entry in mapping.Entries)
                {
                    result.Add(entry.Key, entry.Value is YamlSequence list
                        ? [.. list.Items.Select((node, i) => TextOf(node, $"{name}.{entry.Key}[{i}]"))]
                        : [TextOf(entry.Value, $"{name}.{entry.Key}")]);
                }

                break;
            case var node:
                throw At(node, $"{PathOf(name)} must be a mapping.");
        }

        return result;
    }

    /// <summary>A mapping, or null where the field is not there.</summary>
    public DescriptionNode? Member(string name)
    {
        if (Find(name) is not { } node)
            return null;
        var member = new DescriptionNode(node, _file, PathOf(name), _errorId);
        _members.Add(member);
        return member;
    }

    /// <summary>A mapping that must be there.</summary>
    public DescriptionNode RequiredMember(string name) => Member(name) ?? throw Error(name, $"{PathOf(name)} must be there.");

    /// <summary>A list of mappings, empty where the field is not there.</summary>
    public IReadOnlyList<DescriptionNode> Items(string name)
    {
        var items = Elements(name).Select((node, i) => new DescriptionNode(node, _file, $"{PathOf(name)}[{i}]", _errorId)).ToList();
        _members.AddRange(items);
        return items;
    }

    /// <summary>A list of mappings that somebody else reads and checks; one field of each, a list of strings, is taken out before.</summary>
    public IReadOnlyList<(DescriptionNode Node, IReadOnlyList<string> Taken)> Detached(string name, string taken) =>
    [
        .. Elements(name).Select((node, i) =>
        {
            var item = new DescriptionNode(node, _file, $"{PathOf(name)}[{i}]", _errorId);
            return (item, item.Take(taken));
        }),
    ];

    /// <summary>A boolean that is taken out before somebody else reads the mapping.</summary>
    public bool TakeFlag(string name)
    {
        var flag = Flag(name);
        _taken.Add(name);
        return flag;
    }

    /// <summary>The fields that were never asked for, here and below.</summary>
    public List<string> UnknownFields()
    {
        var unknown = new List<string>();
        foreach (var entry in _mapping.Entries)
        {
            if (!_known.Contains(entry.Key))
                unknown.Add($"{PathOf(entry.Key)} (line {entry.Line})");
        }

        foreach (var member in _members)
            unknown.AddRange(member.UnknownFields());
        return unknown;
    }

    /// <summary>Refuses a field of this mapping that was never asked for. Fields below it are left to whoever reads them.</summary>
    /// <exception cref="UpgradeException">It, with its place and what may have been meant.</exception>
    public void RefuseUnknown()
    {
        if (_mapping.Entries.Find(entry => !_known.Contains(entry.Key)) is { } unknown)
            throw At(unknown.Line, unknown.Column, $"Nothing knows the field {PathOf(unknown.Key)}.{NearWords.Hint(unknown.Key, _known, few: _known.Count)}");
    }

    /// <summary>An error at a field of this mapping, or at the mapping where the field is not there.</summary>
    public UpgradeException Error(string name, string reason)
    {
        var entry = _mapping.Entries.Find(e => e.Key == name);
        return entry is null ? At(_mapping, reason) : At(entry.Line, entry.Column, reason);
    }

    // The entry stays for errors; whoever reads the names does not see it.
    private IReadOnlyList<string> Take(string name)
    {
        var texts = Texts(name);
        _taken.Add(name);
        return texts;
    }

    private YamlNode? Find(string name)
    {
        _known.Add(name);
        return _mapping.Find(name) is { } node and not YamlScalar { Kind: YamlScalarKind.Null } ? node : null;
    }

    private List<YamlNode> Elements(string name) => Find(name) switch
    {
        null => [],
        YamlSequence sequence => sequence.Items,
        var node => throw At(node, $"{PathOf(name)} must be a list."),
    };

    private string TextOf(YamlNode node, string name) =>
        node is YamlScalar { Kind: YamlScalarKind.String } scalar ? scalar.Text : throw At(node, $"{PathOf(name)} must be a string.");

    private string JsonOf(YamlNode node, string name) => node switch
    {
        YamlScalar { Kind: YamlScalarKind.String } scalar => System.Text.Json.JsonSerializer.Serialize(scalar.Text),
        YamlScalar { Kind: YamlScalarKind.Boolean } scalar => scalar.Text == "true" ? "true" : "false",
        YamlScalar { Kind: YamlScalarKind.Number } scalar when long.TryParse(scalar.Text, System.Globalization.CultureInfo.InvariantCulture, out var number) =>
            number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => throw At(node, $"{PathOf(name)} must be a string, a whole number, true or false."),
    };

    private string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private UpgradeException At(YamlNode node, string reason) => At(node.Line, node.Column, reason);

    private UpgradeException At(int line, int column, string reason) =>
        YamlErrors.At(_errorId, _file, line, column, reason, "Correct the description there.");
}
