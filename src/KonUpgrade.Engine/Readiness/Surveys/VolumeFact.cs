using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A PersistentVolume.</summary>
internal sealed record VolumeFact : ObjectFact
{
    private static readonly string[] s_zoneKeys = ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone", "topology.ebs.csi.aws.com/zone", "topology.gke.io/zone", "topology.disk.csi.azure.com/zone"];

    private VolumeFact(KubernetesObject o)
        : base(o)
    {
        var spec = o.Root.Member("spec"u8);
        Reach = VolumeReach.Of(o);
        Store = VolumeStore.Of(spec);
        IsDeletedWithClaim = spec.Text("persistentVolumeReclaimPolicy") == "Delete";
        Claim = spec.Member("claimRef"u8) is var claim && claim.Text("name") is { Length: > 0 } name ? (claim.Text("namespace") ?? "", name) : null;
        var terms = spec.Member("nodeAffinity"u8).Member("required"u8).Objects("nodeSelectorTerms").ToList();
        Nodes = Values(terms, "matchFields", ["metadata.name"]) ?? Values(terms, "matchExpressions", ["kubernetes.io/hostname"]);
        Zones = Values(terms, "matchExpressions", s_zoneKeys) ?? Labelled(o);
    }

    public static FactKind<VolumeFact> All { get; } = FactKind<VolumeFact>.Of("", "PersistentVolume", static o => new VolumeFact(o));

    /// <summary>From where it can be reached.</summary>
    public VolumeReach Reach { get; }

    /// <summary>What it stands for outside the cluster; null where nothing tells.</summary>
    public VolumeStore? Store { get; }

    /// <summary>Whether its storage is deleted when its claim is (reclaim policy <c>Delete</c>).</summary>
    public bool IsDeletedWithClaim { get; }

    /// <summary>The claim that it belongs to, or null.</summary>
    public (string Namespace, string Name)? Claim { get; }

    /// <summary>The only nodes that may use it, by name; null where it says none.</summary>
    public IReadOnlyList<string>? Nodes { get; }

    /// <summary>The only zones where it may be used; null where it says none.</summary>
    public IReadOnlyList<string>? Zones { get; }

    // One of the terms must fit: a term that says nothing of it lets it be used anywhere.
    private static List<string>? Values(IReadOnlyList<JsonPart> terms, string list, string[] keys)
    {
        var found = terms.Select(term => term.Objects(list).FirstOrDefault(one => one.Text("operator") == "In" && keys.Contains(one.Text("key")))).ToList();
        return found.Count == 0 || found.Exists(one => one.ValueKind == System.Text.Json.JsonValueKind.Undefined)
            ? null
            : [.. found.SelectMany(one => one.Texts("values")).Distinct(StringComparer.Ordinal)];
    }

    // Volumes of the providers of old have labels instead; several zones are joined so: a__b.
    private static List<string>? Labelled(KubernetesObject o) =>
        s_zoneKeys.Select(o.Label).FirstOrDefault(zone => zone is { Length: > 0 })?.Split("__").ToList();
}
