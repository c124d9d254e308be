using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.DataPlane.Nodes;
using KonUpgrade.Sandbox.DataPlane.Work;

namespace KonUpgrade.Sandbox.Eks.Nodegroups;

/// <summary>Labels and taints that a node group's nodes get or lose, since its configuration has changed.</summary>
internal sealed record NodeChange(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<string> RemovedLabels, IReadOnlyList<NodeTaint> Taints, IReadOnlyList<NodeTaint> RemovedTaints)
{
    /// <summary>Changes a node. In the data plane's loop.</summary>
    public void Apply(PlaneContext plane, string name)
    {
        if (plane.Caches.Nodes.Find(name) is { } node) plane.Writes.Change(plane.Caches.Nodes.Kind, node, Apply, "eks-node-manager");
    }

    private bool Apply(JsonObject item)
    {
        JsonObject before = (JsonObject)item.DeepClone();
        JsonObject labels = Fields.Made(Metadata.Of(item), "labels"), spec = Fields.Made(item, "spec");
        foreach (string key in RemovedLabels) labels.Remove(key);
        foreach ((string key, string value) in Labels) labels[key] = value;
        var taints = new JsonArray();
        bool Named(IEnumerable<NodeTaint> list, JsonObject taint) => list.Any(other => other.Key == Metadata.Text(taint, "key") && other.Effect == Metadata.Text(taint, "effect"));
        foreach (JsonObject taint in Fields.Objects(spec, "taints").Where(taint => !Named(RemovedTaints, taint) && !Named(Taints, taint))) taints.Add(taint.DeepClone());
        foreach (NodeTaint taint in Taints) taints.Add((JsonNode)NodeObject.Taint(taint));
        if (taints.Count > 0) spec["taints"] = taints;
        else spec.Remove("taints");
        return !JsonNode.DeepEquals(before, item);
    }
}
