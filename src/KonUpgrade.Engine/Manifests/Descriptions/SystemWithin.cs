using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>
/// The part <c>export.within</c> of a system's description: the namespaces to which the system keeps, found anew on each
/// cluster, and the kinds without a namespace that belong to it.
/// </summary>
public sealed record SystemWithin
{
    /// <summary>Kinds of which each object has the name of a namespace of the system: <c>Profile.kubeflow.org</c>.</summary>
    public IReadOnlyList<string> NamedBy { get; init; } = [];

    /// <summary>Labels with their values: a namespace that has them all belongs to the system, too.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The kinds without a namespace that belong to the system. Of volumes only those whose claims are in its namespaces do.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>The namespaces that a cluster has; null where none was asked, as for a directory, which holds what was exported.</summary>
    public IReadOnlySet<string>? Found { get; init; }

    /// <summary>Whether a kind can belong to the system.</summary>
    public bool HasKind(string group, string kind, bool namespaced) => namespaced || (group, kind) is ("", "Namespace") || KindPattern.Matches(Kinds, group, kind);

    /// <summary>Whether an object belongs to the system, by its name and namespace.</summary>
    public bool Includes(string kindAndGroup, string? ns, string name) =>
        Found is null || (ns is not null ? Found.Contains(ns) : kindAndGroup != "Namespace" || Found.Contains(name));

    /// <summary>Whether a volume is claimed from a namespace of the system; true for what is no volume.</summary>
    public bool Claims(KubernetesObject o) =>
        Found is null || o is not { Group: "", Kind: "PersistentVolume" } || (o.Root.Member("spec"u8).Member("claimRef"u8).Member("namespace"u8).Text() is { } ns && Found.Contains(ns));

    internal static SystemWithin Read(DescriptionNode node)
    {
        var within = new SystemWithin { NamedBy = node.Texts("namedBy"), Labels = node.TextMap("labels"), Kinds = node.Texts("kinds") };
        if (within.NamedBy.Count + within.Labels.Count == 0)
            throw node.Error("namedBy", "export.within names no namespaces: namedBy (kinds whose objects have the names of namespaces) or labels (of namespaces).");
        if (within.NamedBy.FirstOrDefault(kind => !KindPattern.IsKind(kind)) is { } wrong)
            throw node.Error("namedBy", $"'{wrong}' is no kind, such as Profile.kubeflow.org.");
        return within;
    }
}
