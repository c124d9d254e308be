using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Nodepools.Draining.Filters;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Planning;

/// <summary>What keeps pods and nodes from being drained, as it is known before anything goes.</summary>
internal static class PlanFailures
{
    public const string MultipleBudgetsId = "MultipleBudgets";

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
            Message = string.Create(CultureInfo.InvariantCulture, $"{node} is not drained: of its pods {group.Count()} may not go, since {group.Key.Reason}: {NameList.Some([.. group.Select(pod => pod.ToString())])}."),
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
        Message = $"'{pool}' is the last pool that can run pods of kube-system: no node that stays takes {NameList.Some(stranded)}, whatever room it has.",
        Recommendation = "Bring up another pool first. Where new nodes come by themselves, allow it with -AllowLastPool.",
        Target = pool,
    };
}
