using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.DataPlane.Workloads;

/// <summary>Keeps as many Pods as each ReplicaSet wants.</summary>
internal sealed class ReplicaSetController : ObjectController
{
    private readonly ObjectCache<PodView> _pods;

    public ReplicaSetController(PlaneContext plane)
        : base(plane, plane.Caches.ReplicaSets)
    {
        _pods = plane.Caches.Pods;
        _pods.Changed += (before, after) => Followers.EnqueueOwner(Objects, before, after, Enqueue);
    }

    protected override void Reconcile(string key)
    {
        if (!Objects.Has(key, out ItemView? set)) return;
        if (Adoption.Adopt(Plane, set, Objects.Kind, _pods, pod => pod.Active)) return;
        PodView[] active = [.. _pods.ControlledBy(set.Uid).Where(pod => pod.Active)];
        if (!set.Terminating)
        {
            long missing = Fields.Number(set.Spec, "replicas", 1) - active.Length;
            for (long i = 0; i < missing; i++)
            {
                JsonObject pod = PodTemplates.Pod(set.Spec["template"], set, Objects.Kind);
                pod["metadata"]!["generateName"] = $"{set.Name}-";
                Plane.Writes.Create(_pods.Kind, set.Namespace, pod);
            }
            if (missing < 0)
            {
                foreach (PodView pod in Removal.Order(active, Plane).Take((int)-missing)) Plane.Writes.Delete(_pods.Kind, pod, DisruptionCause.Controller);
            }
            // What was made or taken away comes as changes, and the status after them.
            if (missing != 0) return;
        }
        Tell(set, active);
    }

    private void Tell(ItemView set, PodView[] active)
    {
        long minimum = Fields.Number(set.Spec, "minReadySeconds", 0);
        DateTimeOffset now = Plane.Now;
        long available = active.LongCount(pod => pod.Available(minimum, now));
        Dictionary<string, string> labels = Fields.Texts(Fields.Object(set.Spec["template"], "metadata"), "labels");
        Plane.Writes.Change(Objects.Kind, set, item =>
        {
            JsonObject status = Fields.Made(item, "status");
            bool news = Fields.Count(status, "replicas", active.Length, keepZero: true);
            news |= Fields.Count(status, "fullyLabeledReplicas", active.LongCount(pod => labels.All(label => pod.Labels.TryGetValue(label.Key, out string? value) && value == label.Value)));
            news |= Fields.Count(status, "readyReplicas", active.LongCount(pod => pod.Ready));
            news |= Fields.Count(status, "availableReplicas", available);
            news |= Fields.Count(status, "observedGeneration", set.Generation);
            return news;
        });
        Followers.WakeWhenAvailable(active, minimum, now, due => EnqueueAt(set.Key, due));
    }
}
