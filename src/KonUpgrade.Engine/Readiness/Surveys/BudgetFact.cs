using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Workloads.Budgets;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A PodDisruptionBudget.</summary>
internal sealed record BudgetFact : ObjectFact
{
    private BudgetFact(KubernetesObject o)
        : base(o) => Budget = PodBudget.Of(o);

    public static FactKind<BudgetFact> All { get; } = new(["policy"], static catalog => PodBudget.ResourceOf(catalog) is { } resource ? [resource] : [], static (o, _) => new BudgetFact(o));

    public PodBudget Budget { get; }
}
