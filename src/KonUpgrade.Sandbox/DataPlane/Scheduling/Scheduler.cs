using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.DataPlane.Scheduling;

/// <summary>Gives Pods a node; those that none takes wait until something changes that could help them.</summary>
internal sealed class Scheduler : Controller
{
    private readonly NodeFit _fit;
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);

    public Scheduler(PlaneContext plane)
        : base(plane)
    {
        _fit = new NodeFit(plane.Caches);
        plane.Caches.Pods.Changed += PodChanged;
        plane.Caches.Nodes.Changed += NodeChanged;
    }

    public override void EnqueueAll()
    {
        foreach (PodView pod in Plane.Caches.Pods.All) PodChanged(null, pod);
    }

    protected override void Reconcile(string key)
    {
        _waiting.Remove(key);
        if (!Plane.Caches.Pods.Has(key, out PodView? pod) || !Asks(pod)) return;
        if (pod.Needs.Gated)
        {
            Tell(pod, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates");
            return;
        }
        NodeView? best = null;
        (long, double, string) bestRank = default;
        var refusals = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (NodeView node in Plane.Caches.Nodes.All)
        {
            IReadOnlyList<string> reasons = _fit.Refusals(pod, node);
            foreach (string reason in reasons) refusals[reason] = refusals.GetValueOrDefault(reason) + 1;
            if (reasons.Count > 0) continue;
            (long, double, string) rank = Rank(pod, node);
            if (best is not null && rank.CompareTo(bestRank) >= 0) continue;
            (best, bestRank) = (node, rank);
        }
        if (best is not null)
        {
            Bind(pod, best);
            return;
        }
        _waiting.Add(key);
        int nodes = Plane.Caches.Nodes.Count;
        string why = nodes == 0 ? "no nodes available to schedule pods"
            : $"0/{nodes} nodes are available: {string.Join(", ", refusals.Select(reason => $"{reason.Value} {reason.Key}").Order(StringComparer.Ordinal))}.";
        Tell(pod, "Unschedulable", why);
    }

    // The node with the fewest of the same owner, then the emptiest one.
    private (long Siblings, double Use, string Name) Rank(PodView pod, NodeView node)
    {
        long siblings = 0;
        foreach (PodView other in Plane.Caches.PodsOn(node.Name))
        {
            if (!other.Finished && pod.Controller is not null && other.Controller?.Uid == pod.Controller.Uid) siblings++;
        }
        Amounts used = Plane.Caches.UsedOn(node.Name);
        double use = (double)used.Pods / Math.Max(1, node.Allocatable.Pods) + (double)used.MilliCpu / Math.Max(1, node.Allocatable.MilliCpu);
        return (siblings, use, node.Name);
    }

    private void Bind(PodView pod, NodeView node) => Plane.Writes.Change(Plane.Caches.Pods.Kind, pod, item =>
    {
        JsonObject spec = Fields.Made(item, "spec");
        if (Fields.Text(spec, "nodeName").Length > 0) return false;
        spec["nodeName"] = node.Name;
        Fields.SetCondition(Fields.Made(item, "status"), "PodScheduled", "True", null, null, Plane.Now);
        return true;
    });

    private void Tell(PodView pod, string reason, string message) => Plane.Writes.Change(Plane.Caches.Pods.Kind, pod,
        item => Fields.SetCondition(Fields.Made(item, "status"), "PodScheduled", "False", reason, message, Plane.Now));

    private static bool Asks(PodView pod) => pod is { NodeName.Length: 0, Active: true } && !pod.Needs.Foreign;

    private void PodChanged(PodView? before, PodView? after)
    {
        if (after is not null && Asks(after))
        {
            // Its own condition is no news.
            if (before is null || !_waiting.Contains(after.Key) || before.Needs.Gated != after.Needs.Gated) Enqueue(after.Key);
            return;
        }
        // Room has come, or somebody to be near to.
        bool freed = before is { NodeName.Length: > 0, Finished: false } && after is null or { Finished: true };
        bool bound = after is { NodeName.Length: > 0 } && before is null or { NodeName.Length: 0 };
        if (freed || bound) Retry(bound);
    }

    private void NodeChanged(NodeView? before, NodeView? after)
    {
        if (before is null || after is null || !before.SameForScheduling(after)) Retry(onlyWithAffinity: false);
    }

    private void Retry(bool onlyWithAffinity)
    {
        foreach (string key in _waiting)
        {
            if (!onlyWithAffinity || Plane.Caches.Pods.Find(key) is { Needs.Near.Count: > 0 }) Enqueue(key);
        }
    }
}
