using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.DataPlane.Pods;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.DataPlane.Nodes;

/// <summary>Takes away the Pods of nodes that are gone, once it is sure that they do not come back.</summary>
internal sealed class PodCollector : Controller
{
    // When each node was missed first.
    private readonly Dictionary<string, DateTimeOffset> _missed = new(StringComparer.Ordinal);

    public PodCollector(PlaneContext plane)
        : base(plane)
    {
        plane.Caches.Nodes.Changed += (before, after) => Enqueue((after ?? before)!.Name);
        plane.Caches.Pods.Changed += (before, after) =>
        {
            if (after is { NodeName.Length: > 0 } && before is null or { NodeName.Length: 0 } && Plane.Caches.Nodes.Find(after.NodeName) is null) Enqueue(after.NodeName);
        };
    }

    public override void EnqueueAll()
    {
        foreach (PodView pod in Plane.Caches.Pods.All.Where(pod => pod.NodeName.Length > 0)) Enqueue(pod.NodeName);
    }

    // The key is the node's name.
    protected override void Reconcile(string key)
    {
        if (Plane.Caches.Nodes.Find(key) is not null)
        {
            _missed.Remove(key);
            return;
        }
        PodView[] pods = [.. Plane.Caches.PodsOn(key)];
        if (pods.Length == 0)
        {
            _missed.Remove(key);
            return;
        }
        if (!_missed.TryGetValue(key, out DateTimeOffset since)) _missed[key] = since = Plane.Now;
        DateTimeOffset due = since + Plane.Settings.NodeGoneAfter;
        if (due > Plane.Now)
        {
            EnqueueAt(key, due);
            return;
        }
        using IDisposable by = Plane.Disruptions.Because(DisruptionCause.Node);
        foreach (PodView pod in pods)
        {
            if (!pod.Finished)
            {
                Plane.Writes.Change(Plane.Caches.Pods.Kind, pod, item =>
                {
                    PodStatus.End(item, exitCode: 137, pod.ReadySince ?? pod.Created, Plane.Now);
                    return Fields.SetCondition(Fields.Made(item, "status"), "DisruptionTarget", "True", "DeletionByPodGC", "PodGC: node no longer exists", Plane.Now);
                });
            }
            Plane.Writes.Delete(Plane.Caches.Pods.Kind, pod, DisruptionCause.Node, graceSeconds: 0);
        }
        _missed.Remove(key);
    }
}
