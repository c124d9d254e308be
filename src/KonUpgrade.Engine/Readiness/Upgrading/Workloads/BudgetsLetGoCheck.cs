using System.Globalization;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Workloads.Budgets;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Workloads;

/// <summary>Every budget lets a pod go when all are healthy; one that does not keeps a node from ever being drained.</summary>
internal sealed class BudgetsLetGoCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "BudgetsLetGo",
        Title = "Every PodDisruptionBudget lets a pod go when all are healthy",
        Category = ReadinessCategory.Workload,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Run a replica more than the budget needs, or let the budget need one less (maxUnavailable: 1).",
        Documentation = "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var budgets = await subject.Blue.ReadAsync(BudgetFact.All, cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(budgets.Count, "budget", [.. budgets.Select(budget => Look(budget, budget.Budget, subject)).OfType<ReadinessFinding>()]);
    }

    private static ReadinessFinding? Look(BudgetFact fact, PodBudget budget, UpgradeSurvey subject) => budget switch
    {
        { IsBlocking: true } => fact.Finding(Count(budget, $"needs {budget.Needed} of its {budget.Expected} pods: it lets none go, whatever their health"), subject.WhenDrained),
        // Its pods must recover first; that they do is the health checks' matter.
        { IsSettled: true, Allowed: 0, Expected: > 0 } => fact.Finding(Count(budget, $"has {budget.Have} healthy pods and needs {budget.Needed}: it lets none go now"), ReadinessSeverity.Advisory),
        _ => null,
    };

    private static string Count(PodBudget budget, FormattableString text) => "it " + text.ToString(CultureInfo.InvariantCulture) + (budget.AllowsUnhealthy ? "; pods that are not ready may always go" : "");
}
