using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.DataPlane.Scheduling;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.DataPlane.Workloads;

/// <summary>Keeps one Pod of each DaemonSet on every node that it is meant for.</summary>
internal sealed class DaemonSetController : ObjectController
{
    private static readonly (string Key, string Effect)[] Borne =
    [
        ("node.kubernetes.io/not-ready", "NoExecute"),
        ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"),
        ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];

    private readonly ObjectCache<PodView> _pods;
    private readonly OwnerRevisions _revisions;

    public DaemonSetController(PlaneContext plane)
        : base(plane, plane.Caches.DaemonSets)
    {
        _pods = plane.Caches.Pods;
        _revisions = new OwnerRevisions(plane);
        _pods.Changed += (before, after) => Followers.EnqueueOwner(Objects, before, after, Enqueue);
        plane.Caches.Revisions.Changed += (before, after) => Followers.EnqueueOwner(Objects, before, after, Enqueue);
        plane.Caches.Nodes.Changed += (before, after) =>
        {
            if (before is null || after is null || !before.SameForScheduling(after)) EnqueueAll();
        };
    }

    protected override void Reconcile(string key)
    {
        if (!Objects.Has(key, out ItemView? set)) return;
        if (Adoption.Adopt(Plane, set, Objects.Kind, _pods, pod => pod.Active)) return;
        ILookup<string, PodView> byNode = _pods.ControlledBy(set.Uid).ToLookup(NodeOf, StringComparer.Ordinal);
        if (set.Terminating) return;
        if (_revisions.Present(set, Objects.Kind) is not { } revision) return;
        string hash = revision.Labels.GetValueOrDefault(PodView.RevisionHash) ?? string.Empty;
        PodNeeds needs = Needs(set);
        if (Place(set, byNode, needs, hash) || Renew(set, byNode, needs, hash)) return;
        Tell(set, byNode, needs, hash);
        _revisions.Forget(set, new HashSet<string>(byNode.SelectMany(node => node).Select(pod => $"{set.Name}-{pod.OwnerRevision}").Append(revision.Name), StringComparer.Ordinal));
        Followers.WakeWhenAvailable(byNode.SelectMany(node => node), MinReady(set), Plane.Now, due => EnqueueAt(key, due));
    }

    private bool Place(ItemView set, ILookup<string, PodView> byNode, PodNeeds needs, string hash)
    {
        bool changed = false;
        foreach (NodeView node in Plane.Caches.Nodes.All)
        {
            (bool run, bool stay) = ShouldRun(needs, node);
            PodView[] pods = [.. byNode[node.Name].Where(pod => !pod.Terminating)];
            IEnumerable<PodView> unwanted = stay ? pods.Where(pod => pod.Finished).Concat(pods.Where(pod => !pod.Finished).OrderBy(pod => pod.Created).ThenBy(pod => pod.Name, StringComparer.Ordinal).Skip(1)) : pods;
            foreach (PodView pod in unwanted)
            {
                Plane.Writes.Delete(_pods.Kind, pod, DisruptionCause.Controller);
                changed = true;
            }
            // The next comes when the last is gone.
            if (!run || byNode[node.Name].Any()) continue;
            Plane.Writes.Create(_pods.Kind, set.Namespace, Pod(set, node.Name, hash));
            changed = true;
        }
        foreach (IGrouping<string, PodView> gone in byNode.Where(node => Plane.Caches.Nodes.Find(node.Key) is null))
        {
            // What ran there is for the collector of Pods.
            foreach (PodView pod in gone.Where(pod => pod is { NodeName.Length: 0, Terminating: false }))
            {
                Plane.Writes.Delete(_pods.Kind, pod, DisruptionCause.Controller);
                changed = true;
            }
        }
        return changed;
    }

    private bool Renew(ItemView set, ILookup<string, PodView> byNode, PodNeeds needs, string hash)
    {
        JsonObject strategy = Fields.Object(set.Spec, "updateStrategy");
        if (Fields.Text(strategy, "type") == "OnDelete") return false;
        NodeView[] meant = [.. Plane.Caches.Nodes.All.Where(node => ShouldRun(needs, node).Run)];
        // A surge is not modelled: where it is all that is allowed, one at a time is renewed.
        long most = Math.Max(1, Fields.Share(Fields.Object(strategy, "rollingUpdate")["maxUnavailable"], meant.Length, roundUp: true) ?? 1);
        PodView? Serving(NodeView node) => byNode[node.Name].FirstOrDefault(pod => !pod.Terminating && pod.Available(MinReady(set), Plane.Now));
        long room = most - meant.LongCount(node => Serving(node) is null);
        bool changed = false;
        foreach (NodeView node in meant)
        {
            foreach (PodView old in byNode[node.Name].Where(pod => !pod.Terminating && pod.OwnerRevision != hash))
            {
                bool serves = Serving(node) == old;
                if (serves && room <= 0) continue;
                if (serves) room--;
                Plane.Writes.Delete(_pods.Kind, old, DisruptionCause.Controller);
                changed = true;
            }
        }
        return changed;
    }

    private void Tell(ItemView set, ILookup<string, PodView> byNode, PodNeeds needs, string hash)
    {
        long desired = 0, current = 0, ready = 0, available = 0, updated = 0, misplaced = 0;
        foreach (NodeView node in Plane.Caches.Nodes.All)
        {
            PodView? pod = byNode[node.Name].FirstOrDefault(pod => !pod.Terminating);
            if (!ShouldRun(needs, node).Run)
            {
                if (pod is not null) misplaced++;
                continue;
            }
            desired++;
            if (pod is null) continue;
            current++;
            if (pod.Ready) ready++;
            if (pod.Available(MinReady(set), Plane.Now)) available++;
            if (pod.OwnerRevision == hash) updated++;
        }
        Plane.Writes.Change(Objects.Kind, set, item =>
        {
            JsonObject status = Fields.Made(item, "status");
            var before = (JsonObject)status.DeepClone();
            Fields.Count(status, "currentNumberScheduled", current, keepZero: true);
            Fields.Count(status, "numberMisscheduled", misplaced, keepZero: true);
            Fields.Count(status, "desiredNumberScheduled", desired, keepZero: true);
            Fields.Count(status, "numberReady", ready, keepZero: true);
            Fields.Count(status, "observedGeneration", set.Generation);
            Fields.Count(status, "updatedNumberScheduled", updated);
            Fields.Count(status, "numberAvailable", available);
            Fields.Count(status, "numberUnavailable", desired - available);
            return !JsonNode.DeepEquals(before, status);
        }, PlaneWrites.Manager);
    }

    private JsonObject Pod(ItemView set, string node, string hash)
    {
        JsonObject pod = PodTemplates.Pod(set.Spec["template"], set, Objects.Kind);
        JsonObject metadata = Fields.Made(pod, "metadata"), labels = Fields.Made(metadata, "labels"), spec = Fields.Made(pod, "spec");
        metadata["generateName"] = $"{set.Name}-";
        labels[PodView.RevisionHash] = hash;
        labels["pod-template-generation"] = set.Generation.ToString(CultureInfo.InvariantCulture);
        JsonObject affinity = Fields.Made(Fields.Made(spec, "affinity"), "nodeAffinity");
        JsonObject required = Fields.Made(affinity, "requiredDuringSchedulingIgnoredDuringExecution");
        if (required["nodeSelectorTerms"] is not JsonArray { Count: > 0 } terms) required["nodeSelectorTerms"] = terms = [new JsonObject()];
        foreach (JsonObject term in terms.OfType<JsonObject>())
            term["matchFields"] = new JsonArray(new JsonObject { ["key"] = "metadata.name", ["operator"] = "In", ["values"] = new JsonArray(node) });
        if (spec["tolerations"] is not JsonArray tolerations) spec["tolerations"] = tolerations = [];
        foreach (JsonObject toleration in Bears(spec)) tolerations.Add((JsonNode)toleration);
        return pod;
    }

    // What its Pods ask for, with what the controller adds to each.
    private static PodNeeds Needs(ItemView set)
    {
        var spec = (JsonObject)Fields.Object(set.Spec["template"], "spec").DeepClone();
        if (spec["tolerations"] is not JsonArray tolerations) spec["tolerations"] = tolerations = [];
        foreach (JsonObject toleration in Bears(spec)) tolerations.Add((JsonNode)toleration);
        return PodNeeds.Of(spec, new Dictionary<string, string>());
    }

    private static IEnumerable<JsonObject> Bears(JsonObject spec)
    {
        foreach ((string key, string effect) in Borne) yield return new JsonObject { ["effect"] = effect, ["key"] = key, ["operator"] = "Exists" };
        if (Fields.Flag(spec, "hostNetwork")) yield return new JsonObject { ["effect"] = "NoSchedule", ["key"] = "node.kubernetes.io/network-unavailable", ["operator"] = "Exists" };
    }

    private static (bool Run, bool Stay) ShouldRun(PodNeeds needs, NodeView node)
    {
        if (!NodeFit.Selects(needs, node)) return (false, false);
        bool Bears(NodeTaint taint) => needs.Tolerations.Any(toleration => toleration.Tolerates(taint));
        // The taint of a node that is not Ready yet keeps it from others, not from what makes it Ready.
        bool stay = node.Taints.All(taint => taint.Effect != "NoExecute" || Bears(taint));
        return (stay && node.Taints.All(taint => taint.Effect != "NoSchedule" || taint.Key == "node.kubernetes.io/not-ready" || Bears(taint)), stay);
    }

    private static long MinReady(ItemView set) => Fields.Number(set.Spec, "minReadySeconds", 0);

    // Where it runs, or is meant to.
    private static string NodeOf(PodView pod)
        => pod.NodeName.Length > 0 ? pod.NodeName
        : pod.Needs.NodeTerms is [{ Names: [{ Values: [var node] }] }, ..] ? node : string.Empty;
}
