using System.Globalization;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>
/// Every workload has as many pods ready as it wants, all of its newest template, and its controller has seen it as it is
/// (as kubectl rollout status decides).
/// </summary>
internal sealed class WorkloadsAvailableCheck : IReadinessCheck<ClusterSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "WorkloadsAvailable",
        Title = "Every workload is rolled out and has as many pods ready as it wants",
        Category = ReadinessCategory.Workload,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Look at the workload's pods and events (kubectl describe). Scale down or remove what is not needed any more.",
        Documentation = "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status",
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var workloads = await subject.ReadAsync(WorkloadFact.All, cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(workloads.Count, "workload", [.. workloads.Select(Look).OfType<ReadinessFinding>()]);
    }

    /// <summary>What keeps a workload from being as it should be; null where nothing does.</summary>
    internal static string? Lack(WorkloadFact workload) => workload switch
    {
        { DeletedAt: not null } => "it is being deleted",
        { IsSeen: false } => "its controller has not seen its newest state",
        { IsPaused: false, Conditions: var conditions } when conditions.FirstOrDefault(c => c is { Type: "Progressing", IsFalse: true }) is { } stuck => $"its rollout does not go on: {stuck.Why}",
        { IsPaused: false, Updated: { } updated } when updated < workload.WantedUpdated => Count(updated, workload.WantedUpdated, "of the newest template"),
        _ when workload.Ready < workload.Wanted => Count(workload.Ready, workload.Wanted, "ready"),
        _ => null,
    };

    private static ReadinessFinding? Look(WorkloadFact workload) => Lack(workload) is { } lack
        ? workload.Finding(lack, since: workload.Conditions.FirstOrDefault(condition => condition is { Type: "Available", IsFalse: true })?.Since)
        : workload is { IsPaused: true, Kind: "Deployment" } ? workload.Finding("its rollout is paused", ReadinessSeverity.Advisory, remedy: "Resume it (kubectl rollout resume) where nobody waits for that.") : null;

    private static string Count(long have, long want, string what) => string.Create(CultureInfo.InvariantCulture, $"{have} of {want} pods {(want == 1 ? "is" : "are")} {what}");
}
