using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Scheduling;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Caches;

/// <summary>What the data plane must know of a Pod; of a thousand Pods no tree is kept.</summary>
internal sealed class PodView : ObjectView
{
    /// <summary>The finalizer by which a Job does not lose a Pod before it was counted.</summary>
    public const string JobTracking = "batch.kubernetes.io/job-tracking";

    /// <summary>Which of an Indexed Job's Pods it is.</summary>
    public const string CompletionIndex = "batch.kubernetes.io/job-completion-index";

    /// <summary>Which state of its owner's template it was made from.</summary>
    public const string RevisionHash = "controller-revision-hash";

    public const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";

    public PodView(StoredObject stored, JsonObject item)
        : base(stored, item)
    {
        JsonObject metadata = Metadata.Of(item), spec = Fields.Object(item, "spec"), status = Fields.Object(item, "status");
        Directives = PodDirectives.Read(metadata);
        Tracked = Metadata.Finalizers(item).Contains(JobTracking);
        Index = int.TryParse(Fields.Text(Fields.Object(metadata, "annotations"), CompletionIndex), out int index) ? index : null;
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
        foreach (JsonObject port in Fields.Objects(spec, "containers").SelectMany(container => Fields.Objects(container, "ports")))
        {
            if (Metadata.Text(port, "name") is { Length: > 0 } name) (Ports ??= new(StringComparer.Ordinal)).TryAdd(name, Fields.Number(port, "containerPort", 0));
        }
    }

    public PodDirectives Directives { get; }

    /// <summary>A Job has not counted it yet.</summary>
    public bool Tracked { get; }

    public int? Index { get; }

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

    /// <summary>The ports of its containers that have names; null for none.</summary>
    public Dictionary<string, long>? Ports { get; }

    /// <summary>The revision of its owner that it was made from; empty for none.</summary>
    public string OwnerRevision => Labels.GetValueOrDefault(RevisionHash) ?? string.Empty;

    /// <summary>Succeeded or Failed.</summary>
    public bool Finished => Phase is "Succeeded" or "Failed";

    /// <summary>Neither finished nor about to go: what controllers count.</summary>
    public bool Active => !Finished && !Terminating;

    /// <summary>Ready for as long as is asked.</summary>
    public bool Available(long minReadySeconds, DateTimeOffset now)
        => Ready && (minReadySeconds == 0 || ReadySince + TimeSpan.FromSeconds(minReadySeconds) <= now);
}
