using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Workloads;

/// <summary>No pod has several budgets: the API server refuses to evict one that has (eviction.go).</summary>
internal sealed class OneBudgetPerPodCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "OneBudgetPerPod",
        Title = "No pod is guarded by several PodDisruptionBudgets",
        Category = ReadinessCategory.Workload,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Let the selectors of the budgets not overlap; the server evicts no pod that several guard.",
        Documentation = "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var budgets = (await subject.Blue.ReadAsync(BudgetFact.All, cancellationToken).ConfigureAwait(false)).ToLookup(budget => budget.Namespace);
        if (budgets.Count == 0)
            return ReadinessOutcome.None("There are no budgets here.");
        var pods = await subject.Blue.ReadAsync(PodFact.All, cancellationToken).ConfigureAwait(false);
        var findings = new List<ReadinessFinding>();
        foreach (var pod in pods.Where(pod => !pod.IsFinished))
        {
            var names = budgets[pod.Namespace].Where(budget => budget.Budget.Selects(pod.Namespace ?? "", pod.Labels)).Select(budget => budget.Name).ToList();
            if (names.Count > 1)
                findings.Add(pod.Finding($"it has the budgets {string.Join(", ", names)}", subject.WhenDrained));
        }
        return ReadinessOutcome.Of(pods.Count, "pod", findings);
    }
}
