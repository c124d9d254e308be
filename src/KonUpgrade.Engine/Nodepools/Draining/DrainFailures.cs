using System.Globalization;
using KonUpgrade.Engine.Nodepools.Draining.Filters;
using KonUpgrade.Engine.Workloads.Budgets;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining;

/// <summary>What can keep a node from being drained.</summary>
internal static class DrainFailures
{
    public const string MultipleBudgetsId = "MultipleBudgets";

    private const int MostNamed = 8;

    /// <summary>One pod that may not go.</summary>
    public static Failure Refused(DrainedPod pod, PodRefusal refusal) => new()
    {
        Id = refusal.Id,
        Kind = FailureKind.Refused,
        Message = $"{pod} on {pod.Node} may not go: {refusal.Message}.",
        Recommendation = refusal.Recommendation,
        Target = $"v1 Pod {pod}",
    };

    /// <summary>The pods of a node that may not go, each reason once.</summary>
    public static IReadOnlyList<Failure> Grouped(string node, IEnumerable<DrainedPod> pods) =>
    [
        .. pods.GroupBy(pod => (pod.Failure!.Id, pod.Reason)).OrderBy(group => group.Key.Id, StringComparer.Ordinal).Select(group => group.First().Failure! with
        {
            Message = string.Create(CultureInfo.InvariantCulture, $"{node} is not drained: of its pods {group.Count()} may not go, since {group.Key.Reason}: {Some([.. group.Select(pod => pod.ToString())])}."),
            Target = node,
        }),
    ];

    public static Failure MultipleBudgets(DrainedPod pod) => new()
    {
        Id = MultipleBudgetsId,
        Kind = FailureKind.Conflict,
        Message = $"{pod} on {pod.Node} can't be evicted: more than one PodDisruptionBudget selects it{(pod.Budgets.Count > 0 ? $" ({string.Join(", ", pod.Budgets)})" : "")}, and the server refuses every such eviction.",
        Recommendation = "Change the budgets' selectors so that one alone selects the pod, or delete those that are too many.",
        Target = $"v1 Pod {pod}",
    };

    public static Failure LastPool(string pool, IReadOnlyList<string> stranded) => new()
    {
        Id = "LastNodepool",
        Kind = FailureKind.Refused,
        Message = $"'{pool}' is the last pool that can run pods of kube-system: no node that stays takes {Some(stranded)}, whatever room it has.",
        Recommendation = "Bring up another pool first. Where new nodes come by themselves, allow it with -AllowLastPool.",
        Target = pool,
    };

    /// <summary>A pod that its budget kept until the time was over.</summary>
    public static Failure BudgetBlocked(DrainedPod pod, PodBudget budget, TimeSpan? sinceLetGo, DateTimeOffset? since, DateTimeOffset now, TimeSpan timeout) => new()
    {
        Id = "BudgetBlocked",
        Kind = FailureKind.Timeout,
        Message = string.Create(
            CultureInfo.InvariantCulture,
            $"{pod} on {pod.Node} was not let go within {timeout}: its budget {budget.Name} needs {budget.Needed} healthy pods and has {budget.Have}. It has waited{Since(since, now)}{(sinceLetGo is { } ago ? $"; the budget let one go last {Rounded(ago)} ago" : "")}."),
        Recommendation = budget.IsBlocking
            ? "The budget never lets one go: let it need fewer, or give its workload more replicas."
            : "Look at why pods of the budget are not ready (kubectl describe), or give more time with -Timeout.",
        Target = $"v1 Pod {pod}",
    };

    /// <summary>A pod that was let go and is still there when the time is over.</summary>
    public static Failure NotGone(DrainedPod pod, DateTimeOffset? due, DateTimeOffset? since, DateTimeOffset now, TimeSpan timeout) => new()
    {
        Id = "PodNotGone",
        Kind = FailureKind.Timeout,
        Message = string.Create(CultureInfo.InvariantCulture, $"{pod} on {pod.Node} is not gone within {timeout}: its end has been waited for{Since(since, now)}{(due is { } at ? $"; its time to end is over at {at:yyyy-MM-dd HH:mm:ss} UTC" : "")}."),
        Recommendation = "Look at its grace period and finalizers, and at whether its node's kubelet answers. -SkipWaitForDeleteTimeout passes over pods whose time is long over.",
        Target = $"v1 Pod {pod}",
    };

    /// <summary>A pod that was not let go for another reason when the time is over.</summary>
    public static Failure NotLetGo(DrainedPod pod, string? waiting, DateTimeOffset? since, DateTimeOffset now, TimeSpan timeout, Failure? last) => new()
    {
        Id = "DrainTimeout",
        Kind = FailureKind.Timeout,
        Message = string.Create(
            CultureInfo.InvariantCulture,
            $"{pod} on {pod.Node} was not let go within {timeout}{(waiting is null ? "" : $": it has waited for {waiting}{Since(since, now)}")}.{(last is null ? "" : $" {last.Message}")}"),
        Recommendation = last?.Recommendation ?? "Give more time with -Timeout.",
        Target = $"v1 Pod {pod}",
    };

    public static Failure ComesBack(DrainedPod pod) => new()
    {
        Id = "PodComesBack",
        Kind = FailureKind.Conflict,
        Message = $"{pod} came back to {pod.Node} again and again while it was drained: {pod.Owner} makes pods that nothing keeps off.",
        Recommendation = "Take the toleration of every taint out of its pods, or leave them with -PodSelector.",
        Target = $"v1 Pod {pod}",
    };

    public static Failure EvictionNotServed(string cluster) => new()
    {
        Id = "EvictionNotServed",
        Kind = FailureKind.NotSupported,
        Message = $"{cluster} offers no eviction of pods.",
        Recommendation = "Without it no budget can be kept; where that is meant, delete the pods with -DisableEviction.",
        Target = cluster,
    };

    public static Failure NotHealthy(NodepoolBatch batch, IReadOnlyList<string> lacking, TimeSpan timeout) => new()
    {
        Id = "WorkloadsNotAvailable",
        Kind = FailureKind.Timeout,
        Message = string.Create(CultureInfo.InvariantCulture, $"{batch.Nodepool}: after batch {batch.Number} not all workloads are available again within {timeout}: {Some(lacking)}. {batch.Remaining} nodes are not drained."),
        Recommendation = "Look at their pods (kubectl describe), then run the command again: it goes on with the nodes that are left.",
        Target = batch.Nodepool,
    };

    public static Failure NotLetOn(NodepoolBatch batch) => new()
    {
        Id = "GateRefused",
        Kind = FailureKind.Refused,
        Message = string.Create(CultureInfo.InvariantCulture, $"{batch.Nodepool}: the script block lets nothing begin after batch {batch.Number}; {batch.Remaining} nodes are not drained."),
        Recommendation = "Run the command again when it may go on: it goes on with the nodes that are left.",
        Target = batch.Nodepool,
    };

    /// <summary>The first few names, and how many there are beside them.</summary>
    public static string Some(IReadOnlyList<string> names) => names.Count <= MostNamed
        ? string.Join(", ", names)
        : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", names.Take(MostNamed))} and {names.Count - MostNamed} more");

    private static string Since(DateTimeOffset? since, DateTimeOffset now) =>
        since is { } then ? string.Create(CultureInfo.InvariantCulture, $" since {then:yyyy-MM-dd HH:mm:ss} UTC, for {Rounded(now - then)}") : "";

    private static TimeSpan Rounded(TimeSpan time) => TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
}
