using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>What all nodes of a drain have in common.</summary>
internal sealed record DrainTools(
    KubernetesClient Client, DrainOptions Options, PodRemover Remover, BudgetWatch Budgets, DaemonSets DaemonSets, IReporter Reporter, TimeProvider Time)
{
    /// <summary>The activity that the nodes' progress belongs to.</summary>
    public required string Activity { get; init; }
}
