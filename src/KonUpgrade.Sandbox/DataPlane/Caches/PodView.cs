using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Scheduling;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Caches;

/// <summary>What the data plane must know of a Pod; of a thousand Pods no tree is kept.</summary>
internal sealed class PodView : ObjectView
{
    public const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";

    public PodView(StoredObject stored, JsonObject item)
        : base(stored, item)
    {
        JsonObject metadata = Metadata.Of(item), spec = Fields.Object(item, "spec"), status = Fields.Object(item, "status");
        Directives = PodDirectives.Read(metadata);
        HasFinalizers = Metadata.Finalizers(item).Count > 0;
        Grace = Fields.Number(metadata, "deletionGracePeriodSeconds", 0);
        Cost = int.TryParse(Fields.Text(Fields.Object(metadata, "annotations"), DeletionCost), out int cost) ? cost : 0;
        NodeName = Metadata.Text(spec, "nodeName");
        Phase = Metadata.Text(status, "phase");
        IP = Metadata.Text(status, "podIP");
        JsonObject? ready = Fields.Condition(status, "Ready");
        Ready = Fields.Text(ready, "status") == "True";
        ReadySince = Ready ? Fields.Time(ready, "lastTransitionTime") ?? Created : null;
        Restarts = Fields.Objects(status, "containerStatuses").Sum(container => Fields.Number(container, "restartCount", 0));
        RestartPolicy = Metadata.Text(spec, "restartPolicy") is { Length: > 0 } policy ? policy : "Always";
        Needs = PodNeeds.Of(spec, Labels);
    }

    public PodDirectives Directives { get; }

    public bool HasFinalizers { get; }

    /// <summary>metadata.deletionGracePeriodSeconds.</summary>
    public long Grace { get; }

    /// <summary>The higher, the later a ReplicaSet takes it away.</summary>
    public int Cost { get; }

    /// <summary>Empty until it is bound.</summary>
    public string NodeName { get; }

    public string Phase { get; }

    public string IP { get; }

    public bool Ready { get; }

    public DateTimeOffset? ReadySince { get; }

    public long Restarts { get; }

    public string RestartPolicy { get; }

    /// <summary>What it asks of a node.</summary>
    public PodNeeds Needs { get; }

    /// <summary>Succeeded or Failed.</summary>
    public bool Finished => Phase is "Succeeded" or "Failed";

    /// <summary>Neither finished nor about to go: what controllers count.</summary>
    public bool Active => !Finished && !Terminating;

    /// <summary>Ready for as long as is asked.</summary>
    public bool Available(long minReadySeconds, DateTimeOffset now)
        => Ready && (minReadySeconds == 0 || ReadySince + TimeSpan.FromSeconds(minReadySeconds) <= now);
}
