using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Nodepools.Places;

/// <summary>What a pod asks of its node, as the scheduler reckons it (k8s component-helpers, resource/helpers.go).</summary>
internal static class PodRequests
{
    /// <summary>The pod itself is one of the resource <c>pods</c>.</summary>
    public const string Pods = "pods";

    /// <summary>Reckons a pod's requests.</summary>
    /// <param name="spec">The pod's spec.</param>
    public static IReadOnlyDictionary<string, decimal> Of(JsonPart spec)
    {
        var running = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var container in spec.Objects("containers"))
            Add(running, RequestsOf(container));
        // Init containers run one after the other; those that are restarted for ever (sidecars) stay beside all that follow.
        var sidecars = new Dictionary<string, decimal>(StringComparer.Ordinal);
        var starting = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var container in spec.Objects("initContainers"))
        {
            var requests = RequestsOf(container);
            if (container.Member("restartPolicy"u8).Is("Always"u8))
            {
                Add(sidecars, requests);
                Add(running, requests);
                Raise(starting, sidecars);
                continue;
            }
            var moment = new Dictionary<string, decimal>(sidecars, StringComparer.Ordinal);
            Add(moment, requests);
            Raise(starting, moment);
        }
        Raise(running, starting);
        // Requests of the pod as a whole beat those of its containers (1.32).
        foreach (var (resource, amount) in RequestsOf(spec))
            running[resource] = amount;
        Add(running, Quantity.All(spec.Member("overhead"u8)));
        running[Pods] = 1;
        return running;
    }

    private static Dictionary<string, decimal> RequestsOf(JsonPart owner)
    {
        var resources = owner.Member("resources"u8);
        // The server writes a limit without a request as a request, too; objects of other hands may not have it yet.
        var requests = Quantity.All(resources.Member("limits"u8));
        foreach (var (resource, amount) in Quantity.All(resources.Member("requests"u8)))
            requests[resource] = amount;
        return requests;
    }

    private static void Add(Dictionary<string, decimal> to, Dictionary<string, decimal> what)
    {
        foreach (var (resource, amount) in what)
            to[resource] = to.GetValueOrDefault(resource) + amount;
    }

    private static void Raise(Dictionary<string, decimal> to, Dictionary<string, decimal> what)
    {
        foreach (var (resource, amount) in what)
            to[resource] = Math.Max(to.GetValueOrDefault(resource), amount);
    }
}
