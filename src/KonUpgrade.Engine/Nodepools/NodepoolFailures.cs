using KonUpgrade.Engine.Connections;
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
        "Get-Nodepool gives the pools of a cluster. Nodes that are of none are chosen by their labels with -Selector, where the command takes it.");

    /// <summary>A pool of a managed cluster came back without what leads to that cluster.</summary>
    /// <param name="name">The pool.</param>
    /// <param name="context">What it says of its cluster.</param>
    /// <param name="cause">Why there is no way to it.</param>
    /// <returns>Null where it is of no managed cluster, or something else is wrong.</returns>
    public static Failure? ClusterLeftBehind(string name, string? context, Failure cause) =>
        cause.Id is not ("KubeConfigNotFound" or "ContextNotFound") || context is null || EksReference.FromArn(context) is not var (cluster, region) ? null : new Failure
        {
            Id = "ClusterNotGiven",
            Kind = FailureKind.InvalidArgument,
            Message = $"The pool {name} is of the managed cluster {cluster} ({context}), whose login did not come along out of the file or the job; and no kubeconfig leads there. {cause.Message}",
            Recommendation = $"Name the cluster with -Cluster (Get-ManagedCluster {cluster} -Region {region}).",
            Target = name,
        };

    /// <summary>No node fits the selector.</summary>
    /// <param name="context">The cluster's context.</param>
    /// <param name="selector">The label selector.</param>
    /// <param name="name">The pool that it is the selector of.</param>
    public static Failure NodesNotFound(string? context, string selector, string name) => NotFound(
        context, name, $"No node of {context} fits '{selector}'.", "Look at the labels of its nodes: kubectl get nodes --show-labels.");

    /// <summary>There is no such provider.</summary>
    /// <param name="name">What was asked for.</param>
    /// <param name="known">The providers that there are.</param>
    public static Failure ProviderNotKnown(string name, IReadOnlyList<string> known) => new()
    {
        Id = "ProviderNotKnown",
        Kind = FailureKind.NotSupported,
        Message = $"No provider of pools is called '{name}'.{NearWords.Hint(name, known)}",
        Recommendation = $"There are {string.Join(", ", known)}; or give the nodes' label selector with -Selector.",
        Target = name,
    };

    /// <summary>Who keeps the pools can't be asked.</summary>
    /// <param name="context">The cluster's context.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="cause">Why not.</param>
    public static Failure ProviderNotAsked(string context, string provider, Failure cause) => cause with
    {
        Message = $"{provider}, which keeps pools of {context}, can't be asked: {cause.Message}",
        Recommendation = $"{cause.Recommendation} Or take the pools by their labels alone, which keeps none from growing back: -Provider Labels.".TrimStart(),
    };

    /// <summary>Nobody can make, change or remove pools of a cluster.</summary>
    /// <param name="context">The cluster's context.</param>
    /// <param name="target">The pool.</param>
    public static Failure NotOffered(string? context, string target) => new()
    {
        Id = "NodepoolNotKept",
        Kind = FailureKind.NotSupported,
        Message = $"The pools of {context} are made by labels alone: none can be made, changed or removed there.",
        Recommendation = "For a cluster of EKS give it as an object of Get-ManagedCluster, or write its kubeconfig with 'aws eks update-kubeconfig'. Others are changed by what made their nodes.",
        Target = target,
    };

    /// <summary>A pool was made anew since it was told of.</summary>
    /// <param name="context">The cluster's context.</param>
    /// <param name="name">The name that both have.</param>
    public static Failure Replaced(string context, string name) => new()
    {
        Id = "NodepoolReplaced",
        Kind = FailureKind.Refused,
        Message = $"The pool {name} of {context} that was meant is gone, and another one has its name. Nothing was done to that.",
        Recommendation = "Get it anew with Get-Nodepool, and look whether it is the one that is meant now.",
        Target = name,
    };

    private static Failure NotFound(string? context, string name, string message, string recommendation) => new()
    {
        Id = "NodepoolNotFound",
        Kind = FailureKind.NotFound,
        Message = message,
        Recommendation = recommendation,
        Target = name,
    };
}
