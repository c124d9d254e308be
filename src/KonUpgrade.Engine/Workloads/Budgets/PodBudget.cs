using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Workloads.Budgets;

/// <summary>A PodDisruptionBudget, as it was when it was read.</summary>
public sealed class PodBudget
{
    private readonly LabelSelector? _selector;

    private PodBudget(KubernetesObject o)
    {
        var spec = o.Root.Member("spec"u8);
        var status = o.Root.Member("status"u8);
        Namespace = o.Namespace ?? "";
        Name = o.Name;
        ResourceVersion = o.ResourceVersion;
        Needed = status.Number("desiredHealthy") ?? 0;
        Have = status.Number("currentHealthy") ?? 0;
        Allowed = status.Number("disruptionsAllowed") ?? 0;
        Expected = status.Number("expectedPods") ?? 0;
        IsSettled = (status.Number("observedGeneration") ?? 0) >= (o.Metadata.Number("generation") ?? 0);
        AllowsUnhealthy = spec.Member("unhealthyPodEvictionPolicy"u8).Is("AlwaysAllow"u8);
        var selector = spec.Member("selector"u8);
        if (selector.ValueKind != JsonValueKind.Object)
            return;
        // An empty one selects every pod of the namespace since policy/v1, and none in policy/v1beta1 (deprecation guide, 1.25).
        var read = LabelSelector.Of(selector);
        _selector = read.IsEmpty && o.Version == "v1beta1" ? null : read;
    }

    /// <summary>Its namespace.</summary>
    public string Namespace { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The version that was read.</summary>
    public string? ResourceVersion { get; }

    /// <summary>How many healthy pods it needs (status.desiredHealthy).</summary>
    public long Needed { get; }

    /// <summary>How many healthy pods it has (status.currentHealthy).</summary>
    public long Have { get; }

    /// <summary>How many of its pods it lets go now (status.disruptionsAllowed).</summary>
    public long Allowed { get; }

    /// <summary>How many pods it counts (status.expectedPods).</summary>
    public long Expected { get; }

    /// <summary>Whether its controller has seen it as it is; until then the server lets none of its pods go.</summary>
    public bool IsSettled { get; }

    /// <summary>Whether pods that are not ready may always go.</summary>
    public bool AllowsUnhealthy { get; }

    /// <summary>Whether it lets none go even when all of its pods are healthy.</summary>
    public bool IsBlocking => IsSettled && Expected > 0 && Needed >= Expected;

    /// <summary>
    /// Whether a pod that is not ready may go without its being asked (eviction.go: enough others are healthy, or
    /// unhealthyPodEvictionPolicy says so).
    /// </summary>
    public bool SparesUnready => AllowsUnhealthy || (Have >= Needed && Needed > 0);

    /// <summary>Reads a budget.</summary>
    public static PodBudget Of(KubernetesObject o) => new(o);

    /// <summary>The version in which a server serves budgets: policy/v1 since 1.21, else policy/v1beta1; null where it serves neither.</summary>
    public static ApiResource? ResourceOf(ApiCatalog catalog) =>
        catalog.Find("policy", "v1", "PodDisruptionBudget") ?? catalog.Find("policy", "v1beta1", "PodDisruptionBudget");

    /// <summary>Whether it selects a pod.</summary>
    /// <param name="namespace">The pod's namespace.</param>
    /// <param name="labels">The pod's labels.</param>
    public bool Selects(string @namespace, JsonPart labels) => _selector is not null && @namespace == Namespace && _selector.Matches(labels);

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}/{Name}";
}
