using KonUpgrade.Engine.ApiVersions.Conversions;
using KonUpgrade.Engine.ApiVersions.Lifecycle;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.ApiVersions;

/// <summary>
/// In which version an object can be written on a cluster: its own where that is served, otherwise another that holds
/// the same fields in the same places. Discovery is the truth; what is known of built-in kinds is which versions differ
/// in shape, so that an object would have to be converted and not merely renamed.
/// </summary>
/// <param name="Resource">What to write to; null where nothing fits.</param>
/// <param name="Renamed">Whether the object's apiVersion must be changed. It is then written with strict validation: a field that the version lacks is refused, not lost.</param>
/// <param name="Refusal">Why nothing fits, with what the cluster serves; null where something does.</param>
public sealed record VersionChoice(ApiResource? Resource, bool Renamed, string? Refusal)
{
    // Kinds that moved to another group with the same fields in the same places.
    private static readonly Dictionary<(string Group, string Kind), string> s_moved = new()
    {
        [("extensions", "NetworkPolicy")] = "networking.k8s.io",
        [("extensions", "PodSecurityPolicy")] = "policy",
        [("extensions", "Ingress")] = "networking.k8s.io",
        [("extensions", "Deployment")] = "apps",
        [("extensions", "DaemonSet")] = "apps",
        [("extensions", "ReplicaSet")] = "apps",
    };

    // Where the shapes differ and no converter knows how: what another version wants must be worked out.
    private static readonly HashSet<(string Kind, string From, string To)> s_differing =
    [
        ("HorizontalPodAutoscaler", "v2beta1", "v1"),
        ("HorizontalPodAutoscaler", "v2beta2", "v1"),
        ("HorizontalPodAutoscaler", "v2", "v1"),
        ("FlowSchema", "v1alpha1", "v1"),
        ("ResourceClaim", "v1alpha3", "v1beta2"),
        ("ResourceClaim", "v1alpha3", "v1"),
        ("ResourceClaim", "v1beta1", "v1beta2"),
        ("ResourceClaim", "v1beta1", "v1"),
        ("ResourceClaimTemplate", "v1alpha3", "v1beta2"),
        ("ResourceClaimTemplate", "v1alpha3", "v1"),
        ("ResourceClaimTemplate", "v1beta1", "v1beta2"),
        ("ResourceClaimTemplate", "v1beta1", "v1"),
        ("ResourceSlice", "v1alpha3", "v1beta2"),
        ("ResourceSlice", "v1alpha3", "v1"),
        ("ResourceSlice", "v1beta1", "v1beta2"),
        ("ResourceSlice", "v1beta1", "v1"),
    ];

    /// <summary>Chooses the version for an object.</summary>
    /// <param name="catalog">What the cluster serves.</param>
    /// <param name="group">The object's group.</param>
    /// <param name="version">The object's version.</param>
    /// <param name="kind">The object's kind.</param>
    public static VersionChoice For(ApiCatalog catalog, string group, string version, string kind)
    {
        if (catalog.Find(group, version, kind) is { } same)
            return new VersionChoice(same, false, null);
        var served = Served(catalog, group, kind);
        if (served.Count == 0 && s_moved.GetValueOrDefault((group, kind)) is { } moved)
            served = Served(catalog, moved, kind);
        var wanted = group.Length == 0 ? version : $"{group}/{version}";
        if (served.FirstOrDefault(r => CanBecome(kind, wanted, r.ApiVersion)) is { } other)
            return new VersionChoice(other, true, null);
        return new VersionChoice(null, false, served.Count == 0
            ? $"The target does not serve {kind} in {(group.Length == 0 ? "the core group" : group)}{Hint(catalog, group)}.{Remedy(wanted, kind)}"
            : $"The target does not serve {kind} in {wanted}, and {string.Join(", ", served.Select(r => r.ApiVersion))}, which it serves, has another shape: the object must be converted.");
    }

    /// <summary>Whether an object of one version of a kind can be written in another: its fields are in the same places, or a converter knows where they go.</summary>
    internal static bool CanBecome(string kind, string from, string to) =>
        ObjectConverters.MayConvert(kind, from, to) || !s_differing.Contains((kind, ApiResource.VersionOf(from), ApiResource.VersionOf(to)));

    /// <summary>What to do where nothing came in a version's place, as a sentence to add; empty elsewhere.</summary>
    internal static string Remedy(string apiVersion, string kind) => ApiLifecycles.Find(apiVersion, kind)?.Remedy is { } remedy ? " " + remedy : "";

    private static List<ApiResource> Served(ApiCatalog catalog, string group, string kind) =>
        [.. catalog.Resources.Where(r => r.Group == group && r.Kind == kind)];

    private static string Hint(ApiCatalog catalog, string group)
    {
        if (catalog.Failures.FirstOrDefault(f => f.Message.Contains(group, StringComparison.Ordinal) && group.Length > 0) is { } failure)
            return $" ({failure.Message})";
        var kinds = catalog.Resources.Where(r => r.Group == group).Select(r => r.Kind).Distinct().Order(StringComparer.Ordinal).ToList();
        return group.Length == 0 || kinds.Count == 0 ? "" : $"; of that group it serves {string.Join(", ", kinds.Take(8))}{(kinds.Count > 8 ? " …" : "")}";
    }
}
