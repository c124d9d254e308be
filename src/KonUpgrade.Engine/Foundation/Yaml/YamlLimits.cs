namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>How much of a text is taken before it is refused, so that no file can use up the process.</summary>
public sealed record YamlLimits
{
    /// <summary>The limits for files that people and exports write.</summary>
    public static YamlLimits Default { get; } = new();

    /// <summary>The largest text, in bytes.</summary>
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The deepest nesting of mappings and sequences, aliases counted with what they stand for.</summary>
    public int MaxDepth { get; init; } = 256;

    /// <summary>How many nodes may come out of aliases and merge keys in one document, after they are put in.</summary>
    public int MaxAliasedNodes { get; init; } = 100_000;

    /// <summary>The most documents in one text.</summary>
    public int MaxDocuments { get; init; } = 100_000;
}
