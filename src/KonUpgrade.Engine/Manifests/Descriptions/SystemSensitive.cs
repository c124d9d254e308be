namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>
/// Objects that hold passwords or keys though they are no Secrets, as the part <c>export.sensitive</c> of a system's
/// description names them. They travel only where Secrets do, and no value of them is ever shown.
/// </summary>
public sealed record SensitiveObjectsRule
{
    /// <summary>The kinds, as <see cref="KindPattern"/> takes them.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>Names, with <c>*</c>; empty for all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Namespaces, with <c>*</c>; empty for all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>What it holds, in words for people: a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether an object of one of the kinds is meant.</summary>
    public bool Includes(string name, string? ns) =>
        (Names.Count == 0 || TextPattern.Matches(Names, name)) && (Namespaces.Count == 0 || (ns is not null && TextPattern.Matches(Namespaces, ns)));

    internal static SensitiveObjectsRule Read(DescriptionNode node)
    {
        var rule = new SensitiveObjectsRule
        {
            Kinds = node.Texts("kinds"),
            Names = node.Texts("names"),
            Namespaces = node.Texts("namespaces"),
            Reason = node.RequiredText("reason"),
        };
        return rule.Kinds.Count > 0 ? rule : throw node.Error("kinds", "The rule names no kinds.");
    }
}
