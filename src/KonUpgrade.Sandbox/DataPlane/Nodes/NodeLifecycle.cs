using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.DataPlane.Nodes;

/// <summary>Makes added nodes Ready in their time, and keeps the taints that follow from a node's state.</summary>
internal sealed class NodeLifecycle : Controller
{
    private const string Unschedulable = "node.kubernetes.io/unschedulable";
    private const string NotReady = "node.kubernetes.io/not-ready";

    private readonly ConcurrentDictionary<string, DateTimeOffset?> _readyAt = new(StringComparer.Ordinal);

    public NodeLifecycle(PlaneContext plane)
        : base(plane)
    {
        plane.Caches.Nodes.Changed += (before, after) =>
        {
            if (after is null) _readyAt.TryRemove(before!.Name, out _);
            else Enqueue(after.Key);
        };
    }

    /// <summary>Tells of a node before it is added.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="at">When it is Ready; null for never.</param>
    public void Expect(string name, DateTimeOffset? at) => _readyAt[name] = at;

    public override void EnqueueAll()
    {
        foreach (NodeView node in Plane.Caches.Nodes.All) Enqueue(node.Key);
    }

    protected override void Reconcile(string key)
    {
        if (!Plane.Caches.Nodes.Has(key, out NodeView? node)) return;
        bool ready = node.Ready;
        if (!ready && _readyAt.TryGetValue(key, out DateTimeOffset? at) && at is { } due)
        {
            if (due <= Plane.Now)
            {
                _readyAt.TryRemove(key, out _);
                ready = true;
                Plane.Writes.Change(Plane.Caches.Nodes.Kind, node, item => NodeObject.SetReady(Fields.Made(item, "status"), ready: true, Plane.Now), "kubelet");
            }
            else
            {
                EnqueueAt(key, due);
            }
        }
        var wanted = new List<NodeTaint>();
        if (node.Unschedulable) wanted.Add(new(Unschedulable, "NoSchedule"));
        if (!ready && node.HasReadyCondition) wanted.AddRange([new(NotReady, "NoSchedule"), new(NotReady, "NoExecute")]);
        NodeTaint[] ours = [.. node.Taints.Where(taint => taint.Key is Unschedulable or NotReady)];
        if (ours.Length == wanted.Count && wanted.All(ours.Contains)) return;
        Plane.Writes.Change(Plane.Caches.Nodes.Kind, node, item => SetTaints(item, wanted));
    }

    private bool SetTaints(JsonObject item, List<NodeTaint> wanted)
    {
        JsonObject spec = Fields.Made(item, "spec");
        var taints = new JsonArray();
        foreach (JsonObject taint in Fields.Objects(spec, "taints"))
        {
            bool ours = Metadata.Text(taint, "key") is Unschedulable or NotReady;
            bool stays = !ours || wanted.RemoveAll(other => other.Key == Metadata.Text(taint, "key") && other.Effect == Metadata.Text(taint, "effect")) > 0;
            if (stays) taints.Add(taint.DeepClone());
        }
        foreach (NodeTaint taint in wanted)
        {
            JsonObject added = NodeObject.Taint(taint);
            added["timeAdded"] = Metadata.Time(Plane.Now);
            taints.Add((JsonNode)added);
        }
        if (JsonNode.DeepEquals(spec["taints"] ?? new JsonArray(), taints)) return false;
        if (taints.Count == 0) spec.Remove("taints");
        else spec["taints"] = taints;
        return true;
    }
}
