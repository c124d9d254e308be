using KonUpgrade.Engine.Nodepools.Draining.Filters;
using KonUpgrade.Engine.Nodepools.Nodes;
using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Engine.Workloads.Budgets;

namespace KonUpgrade.Engine.Nodepools.Draining.Planning;

/// <summary>What a cluster holds that a drain depends on.</summary>
internal sealed record DrainFacts
{
    /// <summary>The nodes that are to be drained.</summary>
    public required IReadOnlyList<NodeFacts> Leaving { get; init; }

    /// <summary>All others.</summary>
    public IReadOnlyList<NodeFacts> Staying { get; init; } = [];

    /// <summary>The pods of the nodes that are to be drained, as far as they are meant.</summary>
    public required IReadOnlyList<PodFacts> Pods { get; init; }

    /// <summary>The pods of all other nodes, which take room there.</summary>
    public IReadOnlyList<PodFacts> OtherPods { get; init; } = [];

    public IReadOnlyList<PodBudget> Budgets { get; init; } = [];

    /// <summary>The DaemonSets that pods say they belong to.</summary>
    public IReadOnlyDictionary<(string Namespace, string Name), DaemonSetState> DaemonSets { get; init; } = new Dictionary<(string, string), DaemonSetState>();
}
