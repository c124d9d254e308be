using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Scheduling;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Caches;

/// <summary>What the data plane must know of a Node.</summary>
internal sealed class NodeView : ObjectView
{
    public NodeView(StoredObject stored, JsonObject item)
        : base(stored, item)
    {
        JsonObject spec = Fields.Object(item, "spec"), status = Fields.Object(item, "status");
        Unschedulable = Fields.Flag(spec, "unschedulable");
        Taints = [.. Fields.Objects(spec, "taints").Select(taint => new NodeTaint(Metadata.Text(taint, "key"), Metadata.Text(taint, "effect"), Metadata.Text(taint, "value")))];
        Allocatable = Amounts.Of(status["allocatable"] as JsonObject ?? Fields.Object(status, "capacity"));
        Ready = Fields.Holds(status, "Ready");
        HasReadyCondition = Fields.Condition(status, "Ready") is not null;
        Address = Fields.Objects(status, "addresses").FirstOrDefault(address => Metadata.Text(address, "type") == "InternalIP") is { } found ? Metadata.Text(found, "address") : string.Empty;
    }

    public bool Unschedulable { get; }

    public IReadOnlyList<NodeTaint> Taints { get; }

    public Amounts Allocatable { get; }

    public bool Ready { get; }

    /// <summary>A kubelet has told of itself.</summary>
    public bool HasReadyCondition { get; }

    public string Address { get; }

    public bool SameForScheduling(NodeView other)
        => Unschedulable == other.Unschedulable && Ready == other.Ready && Allocatable == other.Allocatable
        && Taints.SequenceEqual(other.Taints) && Labels.Count == other.Labels.Count && Labels.All(label => other.Labels.TryGetValue(label.Key, out string? value) && value == label.Value);
}
