using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.Schemas;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Disruptions;

/// <summary>How many Pods a budget expects, and how many of them it needs healthy.</summary>
/// <param name="Expected">How many there should be.</param>
/// <param name="Desired">How many must be healthy.</param>
/// <param name="Problem">Why neither can be told; null when they are.</param>
internal sealed record BudgetNumbers(long Expected, long Desired, string? Problem = null);

/// <summary>Reckons budgets as the disruption controller does.</summary>
internal sealed class BudgetCount(SimulatedCluster cluster, PlaneCaches caches)
{
    /// <summary>The Pods that a budget selects.</summary>
    public List<PodView> Pods(ItemView budget)
    {
        var pods = new List<PodView>();
        if (budget.Selector.IsNothing) return pods;
        foreach (PodView pod in caches.Pods.InNamespace(budget.Namespace))
        {
            if (budget.Selector.Matches(pod.Labels)) pods.Add(pod);
        }
        return pods;
    }

    public BudgetNumbers Of(ItemView budget, IReadOnlyList<PodView> pods)
    {
        System.Text.Json.Nodes.JsonNode? most = budget.Spec["maxUnavailable"], least = budget.Spec["minAvailable"];
        // A plain number of Pods that must stay asks for no controller.
        if (most is null && Json.TryInteger(least, out long number)) return new(pods.Count, number);
        if (most is null && least is null) return new(0, 0);
        (long expected, string? problem) = Scale(pods);
        if (problem is not null) return new(0, 0, problem);
        long share = Fields.Share(most ?? least, expected, roundUp: true) ?? 0;
        return new(expected, most is null ? share : Math.Max(0, expected - share));
    }

    // The sum over the controllers of the Pods; those without a controller do not count.
    private (long Expected, string? Problem) Scale(IReadOnlyList<PodView> pods)
    {
        var scales = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (PodView pod in pods)
        {
            if (pod.Controller is not { } link || scales.ContainsKey(link.Uid)) continue;
            (string uid, long scale, string? problem) = Of(link, pod);
            if (problem is not null) return (0, problem);
            scales[uid] = scale;
            // The Pods of a Deployment name its ReplicaSets.
            if (uid != link.Uid) scales.TryAdd(link.Uid, 0);
        }
        return (scales.Values.Sum(), null);
    }

    private (string Uid, long Scale, string? Problem) Of(ControllerLink link, PodView pod)
    {
        if (link.Kind == "ReplicaSet" && link.Group is "apps" or "extensions")
        {
            if (caches.ReplicaSets.Find(StoredObject.KeyOf(pod.Namespace, link.Name)) is not { } set || set.Uid != link.Uid) return NotFound(pod);
            if (set.Controller is not { Kind: "Deployment" } above) return (set.Uid, Fields.Number(set.Spec, "replicas", 1), null);
            return caches.Deployments.Find(StoredObject.KeyOf(pod.Namespace, above.Name)) is { } deployment && deployment.Uid == above.Uid
                ? (deployment.Uid, Fields.Number(deployment.Spec, "replicas", 1), null)
                : NotFound(pod);
        }
        if (link is { Kind: "StatefulSet", Group: "apps" })
        {
            return caches.StatefulSets.Find(StoredObject.KeyOf(pod.Namespace, link.Name)) is { } stateful && stateful.Uid == link.Uid
                ? (stateful.Uid, Fields.Number(stateful.Spec, "replicas", 1), null)
                : NotFound(pod);
        }
        if (cluster.Catalog.FindKind(link.ApiVersion, link.Kind) is not { } kind)
            return (string.Empty, 0, $"no matches for kind \"{link.Kind}\" in version \"{link.ApiVersion}\"");
        if (kind.Scale is not { } scale)
            return (string.Empty, 0, $"{(kind.Group.Length == 0 ? kind.Plural : $"{kind.Plural}.{kind.Group}")} does not implement the scale subresource");
        string key = StoredObject.KeyOf(kind.Namespaced ? pod.Namespace : string.Empty, link.Name);
        return cluster.Store.Find(kind.Collection, key) is { } found && found.Uid == link.Uid
            ? (link.Uid, scale.Replicas(kind.Read(found)), null)
            : NotFound(pod);
    }

    private static (string Uid, long Scale, string? Problem) NotFound(PodView pod) => (string.Empty, 0, $"found no controllers for pod \"{pod.Name}\"");
}
