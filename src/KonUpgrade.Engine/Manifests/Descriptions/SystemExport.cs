using KonUpgrade.Engine.Manifests.Writing;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>The part <c>export</c> of a system's description.</summary>
public sealed record SystemExport
{
    /// <summary>The kinds that belong to the system, as <c>App.k11n.dev</c> or <c>*.k11n.dev</c>; empty for every kind.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>
    /// For a kind that only partly belongs to the system, the names of those that do, with <c>*</c>; the others are not
    /// looked at and not mentioned.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Names { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What stays behind, tried in order; the first that fits gives the reason.</summary>
    public IReadOnlyList<LeaveOutRule> LeaveOut { get; init; } = [];

    /// <summary>Fields that are cleared on the way.</summary>
    public IReadOnlyList<ClearFieldsRule> Clear { get; init; } = [];

    internal static SystemExport Read(DescriptionNode node) => new()
    {
        Kinds = node.Texts("kinds"),
        Names = node.TextLists("names"),
        LeaveOut = [.. node.Items("leaveOut").Select(ReadLeaveOut)],
        Clear = [.. node.Items("clear").Select(ReadClear)],
    };

    private static LeaveOutRule ReadLeaveOut(DescriptionNode node)
    {
        var rule = new LeaveOutRule
        {
            Kinds = node.Texts("kinds"),
            Namespaces = node.Texts("namespaces"),
            Names = node.Texts("names"),
            Labels = node.TextMap("labels"),
            Annotations = node.TextMap("annotations"),
            Fields = ReadFields(node),
            Reason = node.RequiredText("reason"),
            ByKind = node.Flag("byKind"),
            Elements = node.Flag("elements"),
        };
        if (rule.Kinds.Count + rule.Namespaces.Count + rule.Names.Count + rule.Labels.Count + rule.Annotations.Count + rule.Fields.Count == 0)
            throw node.Error("reason", "The rule names nothing that it leaves out: kinds, namespaces, names, labels, annotations or fields.");
        if (rule.ByKind && rule.Namespaces.Count + rule.Names.Count + rule.Labels.Count + rule.Annotations.Count + rule.Fields.Count > 0)
            throw node.Error("byKind", "Only whole kinds are counted by kind: the rule may name nothing but kinds.");
        if (rule.Elements && (rule.Fields.Count != 1 || rule.ByKind || !rule.Fields[0].Path.ToString().Contains("[*]", StringComparison.Ordinal)))
            throw node.Error("elements", "The rule needs one field whose path leads through a list, such as webhooks[*].clientConfig.service.namespace.");
        return rule;
    }

    private static List<FieldPattern> ReadFields(DescriptionNode node)
    {
        var patterns = new List<FieldPattern>();
        foreach (var (field, values) in node.TextLists("fields"))
        {
            if (!FieldPath.TryParse(field, out var path))
                throw node.Error("fields", $"'{field}' is no field's path, such as webhooks[*].clientConfig.service.namespace.");
            patterns.Add(new FieldPattern(path, values));
        }

        return patterns;
    }

    private static ClearFieldsRule ReadClear(DescriptionNode node)
    {
        var kinds = node.Texts("kinds");
        var fields = node.Texts("fields");
        if (kinds.Count == 0 || fields.Count == 0)
            throw node.Error(kinds.Count == 0 ? "kinds" : "fields", "The rule needs kinds and fields.");
        var paths = new List<FieldPath>();
        foreach (var field in fields)
        {
            if (!FieldPath.TryParse(field, out var path))
                throw node.Error("fields", $"'{field}' is no field's path, such as spec.ports[*].nodePort or metadata.annotations['a.b/c'].");
            paths.Add(path);
        }

        return new ClearFieldsRule { Kinds = kinds, Fields = paths };
    }
}

/// <summary>Objects that a system leaves behind. What is named must fit altogether; a list fits with one of its patterns.</summary>
public sealed record LeaveOutRule
{
    /// <summary>Kinds, as <c>Secret</c>, <c>App.k11n.dev</c>, <c>*.k11n.dev</c>.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Namespaces, with <c>*</c>; for a Namespace itself, its name.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Names, with <c>*</c>.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Labels with their values, with <c>*</c>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Annotations with their values, with <c>*</c>.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Fields with what their values may be.</summary>
    public IReadOnlyList<FieldPattern> Fields { get; init; } = [];

    /// <summary>Why, in words for people.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether the objects are counted in one line a kind instead of a line each.</summary>
    public bool ByKind { get; init; }

    /// <summary>
    /// Whether of an object of which only some elements of the field's list fit, those elements stay behind alone, as
    /// webhooks do whose back ends stay.
    /// </summary>
    public bool Elements { get; init; }
}

/// <summary>Fields that a system clears.</summary>
public sealed record ClearFieldsRule
{
    /// <summary>The kinds, as in <see cref="LeaveOutRule.Kinds"/>.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>The fields.</summary>
    public required IReadOnlyList<FieldPath> Fields { get; init; }
}
