using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools;

/// <summary>Pools that are not there.</summary>
public static class NodepoolFailures
{
    /// <summary>No pool has the name.</summary>
    /// <param name="context">The cluster's context.</param>
    /// <param name="name">The name.</param>
    /// <param name="known">The pools that there are.</param>
    public static Failure NameNotFound(string context, string name, IEnumerable<Nodepool> known) => NotFound(
        context, name, $"{context} has no pool '{name}'.{NearWords.Hint(name, known.Select(pool => pool.Name))}",
        $"Get-Nodepool -Cluster {context} gives those whose labels are known; any others are named by -Selector.");

    /// <summary>No node fits the selector.</summary>
    /// <param name="context">The cluster's context.</param>
    /// <param name="selector">The label selector.</param>
    /// <param name="name">The pool that it is the selector of.</param>
    public static Failure NodesNotFound(string? context, string selector, string name) => NotFound(
        context, name, $"No node of {context} fits '{selector}'.", "Look at the labels of its nodes: kubectl get nodes --show-labels.");

    private static Failure NotFound(string? context, string name, string message, string recommendation) => new()
    {
        Id = "NodepoolNotFound",
        Kind = FailureKind.NotFound,
        Message = message,
        Recommendation = recommendation,
        Target = name,
    };
}
