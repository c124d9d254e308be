using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.DataPlane.Scheduling;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.DataPlane.Nodes;

/// <summary>Deletes the Pods that do not bear a NoExecute taint of their node, or not any longer.</summary>
internal sealed class TaintEviction : Controller
{
    // Since when each Pod bears with its node's taints.
    private readonly Dictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);

    public TaintEviction(PlaneContext plane)
        : base(plane)
    {
        plane.Caches.Pods.Changed += (before, after) =>
        {
            if (after is null) _since.Remove(before!.Uid);
            else if (after.NodeName.Length > 0 && before is null or { NodeName.Length: 0 }) Enqueue(after.Key);
        };
        plane.Caches.Nodes.Changed += (before, after) =>
        {
            if (after is null || (before is not null && before.Taints.SequenceEqual(after.Taints))) return;
            foreach (PodView pod in Plane.Caches.PodsOn(after.Name)) Enqueue(pod.Key);
        };
    }

    public override void EnqueueAll()
    {
        foreach (PodView pod in Plane.Caches.Pods.All) Enqueue(pod.Key);
    }

    protected override void Reconcile(string key)
    {
        if (!Plane.Caches.Pods.Has(key, out PodView? pod) || pod.Terminating || Plane.Caches.Nodes.Find(pod.NodeName) is not { } node) return;
        NodeTaint[] taints = [.. node.Taints.Where(taint => taint.Effect == "NoExecute")];
        if (taints.Length == 0)
        {
            _since.Remove(pod.Uid);
            return;
        }
        if (!_since.TryGetValue(pod.Uid, out DateTimeOffset since)) _since[pod.Uid] = since = Plane.Now;
        long? patience = null;
        foreach (NodeTaint taint in taints)
        {
            Toleration[] tolerations = [.. pod.Needs.Tolerations.Where(toleration => toleration.Tolerates(taint))];
            long? bears = tolerations.Length == 0 ? 0 : tolerations.Min(toleration => toleration.Seconds);
            if (bears is { } seconds) patience = Math.Min(patience ?? long.MaxValue, Math.Max(0, seconds));
        }
        if (patience is not { } wait) return;
        DateTimeOffset due = since + TimeSpan.FromSeconds(wait);
        if (due > Plane.Now)
        {
            EnqueueAt(key, due);
            return;
        }
        Plane.Writes.Change(Plane.Caches.Pods.Kind, pod,
            item => Fields.SetCondition(Fields.Made(item, "status"), "DisruptionTarget", "True", "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", Plane.Now));
        Plane.Writes.Delete(Plane.Caches.Pods.Kind, pod, DisruptionCause.Node);
    }
}
