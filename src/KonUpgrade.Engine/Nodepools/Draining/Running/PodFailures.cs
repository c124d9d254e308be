using System.Globalization;
using KonUpgrade.Engine.Workloads.Budgets;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>Why a pod of a node that is drained did not go.</summary>
internal static class PodFailures
{
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

    private static string Since(DateTimeOffset? since, DateTimeOffset now) =>
        since is { } then ? string.Create(CultureInfo.InvariantCulture, $" since {then:yyyy-MM-dd HH:mm:ss} UTC, for {Rounded(now - then)}") : "";

    private static TimeSpan Rounded(TimeSpan time) => TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
}
