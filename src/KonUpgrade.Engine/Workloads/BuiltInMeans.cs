using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>
/// By what Kubernetes' own workloads are held. A HorizontalPodAutoscaler leaves what has no replicas alone and goes on
/// when they come back. A DaemonSet has no number: it is asked to run on nodes with a label that no node has.
/// </summary>
public static class BuiltInMeans
{
    /// <summary>The means, a kind each.</summary>
    public static IReadOnlyList<HoldMeans> All { get; } =
    [
        new() { Group = "batch", Kind = "CronJob", Class = WorkloadClass.Scheduled, Fields = [new(FieldPath.Of("spec", "suspend"), "true")] },
        new() { Group = "batch", Kind = "Job", Class = WorkloadClass.Scheduled, Fields = [new(FieldPath.Of("spec", "suspend"), "true")], OnlyUnowned = true },
        Replicas("Deployment"),
        Replicas("StatefulSet"),
        Replicas("ReplicaSet"),
        new()
        {
            Group = "apps",
            Kind = "DaemonSet",
            Class = WorkloadClass.Serving,
            Fields = [new(FieldPath.Of("spec", "template", "spec", "nodeSelector", "konupgrade.dev/held"), "\"true\"")],
            OnlyUnowned = true,
        },
    ];

    private static HoldMeans Replicas(string kind) =>
        new() { Group = "apps", Kind = kind, Class = WorkloadClass.Serving, Fields = [new(FieldPath.Of("spec", "replicas"), "0")], OnlyUnowned = true };
}
