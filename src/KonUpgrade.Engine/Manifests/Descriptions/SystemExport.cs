using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>The part <c>export</c> of a system's description.</summary>
public sealed record SystemExport
{
    // By these an object is known.
    internal static IReadOnlyList<FieldPath> Identity { get; } =
        [FieldPath.Of("apiVersion"), FieldPath.Of("kind"), FieldPath.Of("metadata"), FieldPath.Of("metadata", "name"), FieldPath.Of("metadata", "namespace")];

    /// <summary>The kinds that belong to the system, as <c>App.k11n.dev</c> or <c>*.k11n.dev</c>; empty for every kind.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>
    /// For a kind that only partly belongs to the system, the names of those that do, with <c>*</c>; the others are not
    /// looked at and not mentioned.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Names { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>For a kind that only partly belongs to the system, the namespaces of those that do, with <c>*</c>; the others are not looked at and not mentioned.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Namespaces { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The namespaces to which the system keeps; null where it is not bound to any.</summary>
    public SystemWithin? Within { get; init; }

    /// <summary>
    /// Kinds whose status travels, as <see cref="KindPattern"/> takes them: their definition requires one and has no way of
    /// its own for it, so that without it none could be made.
    /// </summary>
    public IReadOnlyList<string> KeepStatus { get; init; } = [];

    /// <summary>Single objects that belong to the system beside those, by kind, namespace and name: what the system's code found that others refer to.</summary>
    public IReadOnlySet<(string KindAndGroup, string? Namespace, string Name)> Also { get; init; } = new HashSet<(string, string?, string)>();

    /// <summary>What stays behind, tried in order; the first that fits gives the reason.</summary>
    public IReadOnlyList<LeaveOutRule> LeaveOut { get; init; } = [];

    /// <summary>Fields that are cleared on the way.</summary>
    public IReadOnlyList<ClearFieldsRule> Clear { get; init; } = [];

    /// <summary>Whether an object of a kind that the system exports belongs to it, by its name and namespace.</summary>
    /// <param name="kindAndGroup">The kind, as <c>App.k11n.dev</c>, <c>Secret</c>.</param>
    /// <param name="namespace">The namespace, or null for a kind without.</param>
    /// <param name="name">The name.</param>
    public bool Includes(string kindAndGroup, string? @namespace, string name) =>
        ((Within is null || Within.Includes(kindAndGroup, @namespace, name))
            && (!Names.TryGetValue(kindAndGroup, out var names) || TextPattern.Matches(names, name))
            && (!Namespaces.TryGetValue(kindAndGroup, out var namespaces) || (@namespace is not null && TextPattern.Matches(namespaces, @namespace))))
        || Also.Contains((kindAndGroup, @namespace, name));

    /// <summary>What holds passwords or keys though it is no Secret.</summary>
    public IReadOnlyList<SensitiveObjectsRule> Sensitive { get; init; } = [];

    /// <summary>Whether an object may travel only where Secrets do: it is one, or the system names it as sensitive, whatever it holds.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="ns">The namespace, or null.</param>
    /// <param name="name">The name.</param>
    public bool MayBeSensitive(string group, string kind, string? ns, string name) =>
        (group, kind) is ("", "Secret") || Sensitive.Any(rule => KindPattern.Matches(rule.Kinds, group, kind) && rule.Includes(name, ns));

    /// <summary>Whether an object travels only where Secrets do: it is one, or the system names it as sensitive for what it holds.</summary>
    public bool IsSensitive(KubernetesObject o) =>
        o is { Group: "", Kind: "Secret" } || Sensitive.Any(rule => KindPattern.Matches(rule.Kinds, o.Group, o.Kind) && rule.Includes(o.Name, o.Namespace) && rule.Holds(o.Root));

    /// <summary>Whether only some objects of a kind belong to the system.</summary>
    public bool Narrows(string kindAndGroup) => Within is not null || Names.ContainsKey(kindAndGroup) || Namespaces.ContainsKey(kindAndGroup);

    /// <summary>Whether objects of a kind can belong to the system.</summary>
    /// <param name="group">The API group; empty for the core group.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="namespaced">Whether its objects have a namespace.</param>
    public bool HasKind(string group, string kind, bool namespaced) =>
        (Kinds.Count == 0 || KindPattern.Matches(Kinds, group, kind)) && (Within is null || Within.HasKind(group, kind, namespaced));

    internal static SystemExport Read(DescriptionNode node)
    {
        var isNamed = node.Names.Contains("kinds");
        var kinds = node.Texts("kinds");
        // Nothing, which is what it says, would be taken for everything.
        if (isNamed && kinds.Count == 0)
            throw node.Error("kinds", "export.kinds names no kinds. Without the field, every kind is exported.");
        return new SystemExport
        {
            Kinds = kinds,
            Within = node.Member("within") is { } within ? SystemWithin.Read(within) : null,
            KeepStatus = node.Texts("keepStatus"),
            Names = NarrowedKinds(node, "names", kinds),
            Namespaces = NarrowedKinds(node, "namespaces", kinds),
            LeaveOut = [.. node.Items("leaveOut").Select(rule => ReadLeaveOut(rule, kinds))],
            Clear = [.. node.Items("clear").Select(ReadClear)],
            Sensitive = [.. node.Items("sensitive").Select(SensitiveObjectsRule.Read)],
        };
    }

    // What narrows a kind that is not exported would silently do nothing.
    private static IReadOnlyDictionary<string, IReadOnlyList<string>> NarrowedKinds(DescriptionNode node, string field, IReadOnlyList<string> kinds)
    {
        var narrowed = node.TextLists(field);
        foreach (var kind in narrowed.Keys)
        {
            if (kinds.Count > 0 && !kinds.Any(included => KindPattern.Covers(included, kind)))
                throw node.Error(field, $"export.{field} narrows {kind}, which export.kinds does not include.");
        }
        return narrowed;
    }

    private static LeaveOutRule ReadLeaveOut(DescriptionNode node, IReadOnlyList<string> included)
    {
        var rule = new LeaveOutRule
        {
            Kinds = node.Texts("kinds"),
            Namespaces = node.Texts("namespaces"),
            Names = node.Texts("names"),
            Labels = node.TextMap("labels"),
            Annotations = node.TextMap("annotations"),
            Fields = ReadFields(node),
            Owners = node.Texts("owners"),
            Conditions = node.TextMap("conditions"),
            Reason = node.RequiredText("reason"),
            ByKind = node.Flag("byKind"),
            Elements = node.Flag("elements"),
        };
        if (rule.Kinds.Count + rule.Namespaces.Count + rule.Names.Count + rule.Inside == 0)
            throw node.Error("reason", "The rule names nothing that it leaves out: kinds, namespaces, names, labels, annotations, fields, owners or conditions.");
        if (rule.LeavesEverything)
            throw node.Error(rule.Names.Count > 0 ? "names" : rule.Namespaces.Count > 0 ? "namespaces" : "kinds", "The rule leaves out everything: it names nothing but '*'. Name the kinds that it is about.");
        if (rule.ByKind && rule.Namespaces.Count + rule.Names.Count + rule.Inside > 0)
            throw node.Error("byKind", "Only whole kinds are counted by kind: the rule may name nothing but kinds.");
        if (rule.LeavesWholeKinds && included.FirstOrDefault(kind => rule.Kinds.Any(left => KindPattern.Covers(left, kind))) is { } both)
            throw node.Error("kinds", $"The rule leaves out {both}, which export.kinds includes: it can be only one of the two.");
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
            if (Identity.Contains(path))
                throw node.Error("fields", $"'{field}' can't be cleared: by apiVersion, kind, metadata.name and metadata.namespace an object is known.");
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

    /// <summary>Kinds of which one is the object's controller, as <see cref="Kinds"/>.</summary>
    public IReadOnlyList<string> Owners { get; init; } = [];

    /// <summary>Conditions of the object's status, by type, with the status that one of that type must have.</summary>
    public IReadOnlyDictionary<string, string> Conditions { get; init; } = new Dictionary<string, string>();

    /// <summary>Why, in words for people.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether the objects are counted in one line a kind instead of a line each.</summary>
    public bool ByKind { get; init; }

    /// <summary>How much of what it names is looked for inside the object.</summary>
    internal int Inside => Labels.Count + Annotations.Count + Fields.Count + Owners.Count + Conditions.Count;

    /// <summary>Whether nothing but kinds tells one object from another, so that no object of them travels.</summary>
    public bool LeavesWholeKinds => Kinds.Count > 0 && Inside == 0 && FitsAll(Namespaces) && FitsAll(Names);

    /// <summary>Whether it names nothing that tells one object from another.</summary>
    internal bool LeavesEverything =>
        Inside == 0 && FitsAll(Kinds) && FitsAll(Namespaces) && FitsAll(Names);

    /// <summary>
    /// Whether of an object of which only some elements of the field's list fit, those elements stay behind alone, as
    /// webhooks do whose back ends stay.
    /// </summary>
    public bool Elements { get; init; }

    private static bool FitsAll(IReadOnlyList<string> patterns) => patterns.Count == 0 || patterns.Any(p => p.Length > 0 && p.All(c => c == '*'));
}

/// <summary>Fields that a system clears.</summary>
public sealed record ClearFieldsRule
{
    /// <summary>The kinds, as in <see cref="LeaveOutRule.Kinds"/>.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>The fields.</summary>
    public required IReadOnlyList<FieldPath> Fields { get; init; }
}
