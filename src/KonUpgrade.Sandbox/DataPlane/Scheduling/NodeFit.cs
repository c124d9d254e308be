using KonUpgrade.Sandbox.DataPlane.Caches;

namespace KonUpgrade.Sandbox.DataPlane.Scheduling;

/// <summary>
/// Whether a node takes a Pod, asked in the order of the scheduler's own filters; the first that refuses gives the
/// reason. Not asked: host ports, volumes, topology spread.
/// </summary>
internal sealed class NodeFit(PlaneCaches caches)
{
    private static readonly NodeTaint Cordoned = new("node.kubernetes.io/unschedulable", "NoSchedule");

    /// <summary>Why not; empty when the node takes it.</summary>
    public IReadOnlyList<string> Refusals(PodView pod, NodeView node)
    {
        PodNeeds needs = pod.Needs;
        if (node.Unschedulable && !needs.Tolerations.Any(toleration => toleration.Tolerates(Cordoned))) return ["node(s) were unschedulable"];
        foreach (NodeTaint taint in node.Taints)
        {
            if (taint.Effect is "NoSchedule" or "NoExecute" && !needs.Tolerations.Any(toleration => toleration.Tolerates(taint)))
                return [$"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}"];
        }
        if (!Selects(needs, node)) return ["node(s) didn't match Pod's node affinity/selector"];
        List<string> lacking = Lacking(needs.Requests, node);
        if (lacking.Count > 0) return lacking;
        return Affinity(pod, node) is { } refusal ? [refusal] : [];
    }

    /// <summary>Whether selector and required affinity of a Pod name a node.</summary>
    public static bool Selects(PodNeeds needs, NodeView node)
    {
        foreach ((string key, string value) in needs.NodeSelector)
        {
            if (!node.Labels.TryGetValue(key, out string? there) || there != value) return false;
        }
        return needs.NodeTerms is null || needs.NodeTerms.Any(term => term.Holds(node));
    }

    private List<string> Lacking(Amounts asked, NodeView node)
    {
        Amounts free = node.Allocatable - caches.UsedOn(node.Name);
        var lacking = new List<string>();
        if (asked.Pods > free.Pods) lacking.Add("Too many pods");
        if (asked.MilliCpu > 0 && asked.MilliCpu > free.MilliCpu) lacking.Add("Insufficient cpu");
        if (asked.Memory > 0 && asked.Memory > free.Memory) lacking.Add("Insufficient memory");
        return lacking;
    }

    private string? Affinity(PodView pod, NodeView node)
    {
        foreach (PodTerm term in pod.Needs.Near)
        {
            if (Within(term.Topology, node).Any(other => term.Means(other, pod.Namespace))) continue;
            // The first of a group that wants to be together has nobody to join.
            bool first = term.Means(pod, pod.Namespace) && !caches.Pods.All.Any(other => other.NodeName.Length > 0 && !other.Finished && term.Means(other, pod.Namespace));
            if (!first || !node.Labels.ContainsKey(term.Topology)) return "node(s) didn't match pod affinity rules";
        }
        foreach (PodTerm term in pod.Needs.Apart)
        {
            if (Within(term.Topology, node).Any(other => term.Means(other, pod.Namespace))) return "node(s) didn't match pod anti-affinity rules";
        }
        // Few Pods want to be apart from others: only then are all of them looked at.
        foreach (PodView other in caches.PodsApart)
        {
            if (other.Finished || other.NodeName.Length == 0 || caches.Nodes.Find(other.NodeName) is not { } there) continue;
            foreach (PodTerm term in other.Needs.Apart)
            {
                if (term.Means(pod, other.Namespace) && Same(term.Topology, node, there)) return "node(s) didn't satisfy existing pods anti-affinity rules";
            }
        }
        return null;
    }

    private IEnumerable<PodView> Within(string topology, NodeView node)
    {
        foreach (NodeView other in caches.Nodes.All)
        {
            if (!Same(topology, node, other)) continue;
            foreach (PodView pod in caches.PodsOn(other.Name))
            {
                if (!pod.Finished) yield return pod;
            }
        }
    }

    private static bool Same(string topology, NodeView left, NodeView right)
        => left.Labels.TryGetValue(topology, out string? value) && right.Labels.TryGetValue(topology, out string? other) && value == other;
}
