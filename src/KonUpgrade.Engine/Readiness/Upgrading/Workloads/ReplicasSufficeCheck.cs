using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Workloads;

/// <summary>Nothing that answers has one pod only: while it moves from a node that is drained, nobody answers.</summary>
internal sealed class ReplicasSufficeCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "ReplicasSuffice",
        Title = "Every workload behind a Service has more than one pod",
        Category = ReadinessCategory.Workload,
        Severity = ReadinessSeverity.Advisory,
        Remedy = "Run two replicas at least while nodes are drained, or tell its users that it will be away for a moment.",
        Documentation = "https://kubernetes.io/docs/concepts/workloads/pods/disruptions/",
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        if (subject.Way == UpgradeWay.BlueGreen)
            return ReadinessOutcome.None("Beside a green cluster nothing of this one is drained.");
        var served = (await ServedWorkload.ReadAsync(subject.Blue, cancellationToken).ConfigureAwait(false)).Where(one => !one.Workload.IsDaemonSet).ToList();
        return ReadinessOutcome.Of(
            served.Count, "workload behind a Service",
            [.. served.Where(one => one.Workload.Wanted == 1).Select(one => one.Workload.Finding($"it has one pod, and the {one.Service} leads there", ReadinessSeverity.Advisory))],
            "workloads behind Services");
    }
}
