using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.DataPlane.Work;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Workloads;

/// <summary>Keeps the numbered Pods of StatefulSets: one after another upwards, renewed and taken away downwards.</summary>
internal sealed class StatefulSetController : ObjectController
{
    private readonly ObjectCache<PodView> _pods;
    private readonly OwnerRevisions _revisions;

    public StatefulSetController(PlaneContext plane)
        : base(plane, plane.Caches.StatefulSets)
    {
        _pods = plane.Caches.Pods;
        _revisions = new OwnerRevisions(plane);
        _pods.Changed += (before, after) => Followers.EnqueueOwner(Objects, before, after, Enqueue);
        plane.Caches.Revisions.Changed += (before, after) => Followers.EnqueueOwner(Objects, before, after, Enqueue);
    }

    protected override void Reconcile(string key)
    {
        if (!Objects.Has(key, out ItemView? set)) return;
        if (Adoption.Adopt(Plane, set, Objects.Kind, _pods, pod => Ordinal(set, pod) is not null)) return;
        PodView[] pods = [.. _pods.ControlledBy(set.Uid)];
        if (set.Terminating)
        {
            Tell(set, pods, null);
            return;
        }
        if (_revisions.Present(set, Objects.Kind) is not { } revision) return;
        if (Work(set, pods, revision)) return;
        Tell(set, pods, revision);
        _revisions.Forget(set, new HashSet<string>(pods.Select(pod => pod.OwnerRevision).Append(revision.Name).Append(Fields.Text(set.Status, "currentRevision")), StringComparer.Ordinal));
        Followers.WakeWhenAvailable(pods, MinReady(set), Plane.Now, due => EnqueueAt(key, due));
    }

    // True when something was made or taken away that comes back as a change.
    private bool Work(ItemView set, PodView[] pods, ItemView revision)
    {
        var byOrdinal = new SortedDictionary<long, PodView>();
        foreach (PodView pod in pods)
        {
            if (Ordinal(set, pod) is { } ordinal) byOrdinal[ordinal] = pod;
        }
        long first = Fields.Number(set.Spec["ordinals"], "start", 0), last = first + Fields.Number(set.Spec, "replicas", 1) - 1;
        bool inOrder = Fields.Text(set.Spec, "podManagementPolicy") != "Parallel", changed = false;
        JsonObject strategy = Fields.Object(set.Spec, "updateStrategy");
        long partition = Fields.Number(strategy["rollingUpdate"], "partition", 0);
        for (long ordinal = first; ordinal <= last; ordinal++)
        {
            if (!byOrdinal.TryGetValue(ordinal, out PodView? pod))
            {
                Make(set, ordinal, ordinal < partition ? Current(set, revision) : revision);
                changed = true;
            }
            else if (pod is { Finished: true, Terminating: false })
            {
                Plane.Writes.Delete(_pods.Kind, pod, DisruptionCause.Controller);
                changed = true;
            }
            else if (IsHealthy(set, pod))
            {
                continue;
            }
            if (inOrder) return changed;
        }
        foreach ((long _, PodView pod) in byOrdinal.Where(pod => pod.Key < first || pod.Key > last).Reverse())
        {
            if (!pod.Terminating)
            {
                Plane.Writes.Delete(_pods.Kind, pod, DisruptionCause.Controller);
                changed = true;
            }
            if (inOrder) return changed;
        }
        if (changed || Fields.Text(strategy, "type") == "OnDelete") return changed;
        foreach ((long ordinal, PodView pod) in byOrdinal.Reverse())
        {
            if (ordinal < partition) break;
            if (pod.OwnerRevision != revision.Name && !pod.Terminating)
            {
                Plane.Writes.Delete(_pods.Kind, pod, DisruptionCause.Controller);
                return true;
            }
            if (!IsHealthy(set, pod)) break;
        }
        return false;
    }

    private void Make(ItemView set, long ordinal, ItemView revision)
    {
        string number = ordinal.ToString(CultureInfo.InvariantCulture), name = $"{set.Name}-{number}";
        JsonObject pod = PodTemplates.Pod(OwnerRevisions.Template(revision) ?? set.Spec["template"], set, Objects.Kind);
        JsonObject metadata = Fields.Made(pod, "metadata"), spec = Fields.Made(pod, "spec"), labels = Fields.Made(metadata, "labels");
        metadata["name"] = name;
        labels[PodView.RevisionHash] = revision.Name;
        labels["statefulset.kubernetes.io/pod-name"] = name;
        // The label with the number came with 1.28.
        if (Plane.Cluster.Version.Minor >= 28) labels["apps.kubernetes.io/pod-index"] = number;
        spec["hostname"] = name;
        if (Fields.Text(set.Spec, "serviceName") is { Length: > 0 } service) spec["subdomain"] = service;
        foreach (JsonObject claim in Fields.Objects(set.Spec, "volumeClaimTemplates")) Claim(set, spec, Metadata.Name((JsonObject)claim.DeepClone()), claim, name);
        Plane.Writes.Create(_pods.Kind, set.Namespace, pod);
    }

    // A claim is made once and outlives its Pod.
    private void Claim(ItemView set, JsonObject spec, string template, JsonObject claim, string pod)
    {
        string name = $"{template}-{pod}";
        if (spec["volumes"] is not JsonArray volumes) spec["volumes"] = volumes = [];
        foreach (JsonObject same in volumes.OfType<JsonObject>().Where(volume => Metadata.Text(volume, "name") == template).ToArray()) volumes.Remove(same);
        volumes.Add((JsonNode)new JsonObject { ["name"] = template, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = name } });
        ApiResource kind = Plane.Cluster.BuiltIn(string.Empty, "persistentvolumeclaims");
        if (Plane.Cluster.Store.Find(kind.Collection, StoredObject.KeyOf(set.Namespace, name)) is not null) return;
        var made = (JsonObject)claim.DeepClone();
        made.Remove("status");
        JsonObject metadata = Fields.Made(made, "metadata");
        metadata["name"] = name;
        JsonObject labels = Fields.Made(metadata, "labels");
        foreach ((string key, string value) in Fields.Texts(set.Spec["selector"], "matchLabels")) labels[key] = value;
        Plane.Writes.Create(kind, set.Namespace, made);
    }

    private void Tell(ItemView set, PodView[] pods, ItemView? revision)
    {
        PodView[] staying = [.. pods.Where(pod => !pod.Terminating && !pod.Finished)];
        long wanted = Fields.Number(set.Spec, "replicas", 1), ready = staying.LongCount(pod => pod.Ready), minimum = MinReady(set);
        long available = staying.LongCount(pod => pod.Available(minimum, Plane.Now));
        Plane.Writes.Change(Objects.Kind, set, item =>
        {
            JsonObject status = Fields.Made(item, "status");
            var before = (JsonObject)status.DeepClone();
            string update = revision?.Name ?? Fields.Text(status, "updateRevision");
            string current = Fields.Text(status, "currentRevision") is { Length: > 0 } told ? told : update;
            long updated = staying.LongCount(pod => pod.OwnerRevision == update);
            bool rolling = Fields.Text(Fields.Object(set.Spec, "updateStrategy"), "type") != "OnDelete";
            if (rolling && current != update && updated == staying.Length && ready == staying.Length && staying.Length == wanted) current = update;
            Fields.Count(status, "replicas", pods.LongCount(pod => !pod.Finished), keepZero: true);
            Fields.Count(status, "readyReplicas", ready);
            Fields.Count(status, "availableReplicas", available, keepZero: true);
            Fields.Count(status, "currentReplicas", staying.LongCount(pod => pod.OwnerRevision == current));
            Fields.Count(status, "updatedReplicas", updated);
            Fields.Count(status, "observedGeneration", set.Generation);
            status["currentRevision"] = current;
            status["updateRevision"] = update;
            status["collisionCount"] ??= 0L;
            return !JsonNode.DeepEquals(before, status);
        }, PlaneWrites.Manager);
    }

    private ItemView Current(ItemView set, ItemView present)
        => Plane.Caches.Revisions.Find(StoredObject.KeyOf(set.Namespace, Fields.Text(set.Status, "currentRevision"))) ?? present;

    private bool IsHealthy(ItemView set, PodView pod) => !pod.Terminating && pod.Phase == "Running" && pod.Available(MinReady(set), Plane.Now);

    private static long MinReady(ItemView set) => Fields.Number(set.Spec, "minReadySeconds", 0);

    private static long? Ordinal(ItemView set, PodView pod)
        => pod.Name.StartsWith($"{set.Name}-", StringComparison.Ordinal)
            && long.TryParse(pod.Name.AsSpan(set.Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long ordinal) ? ordinal : null;
}
