using System.Management.Automation;
using KonUpgrade.Parameters;

namespace KonUpgrade.Operations;

/// <summary>One pool that came down the pipeline, live or back from a job: what it is called, and no more.</summary>
internal sealed record NodepoolTarget(string Name, string Provider, string Selector)
{
    /// <summary>What its provider knows it by; null where only labels make it, or it does not tell.</summary>
    public string? Id { get; init; }

    /// <summary>The cluster's context, as it told it.</summary>
    public string? Context { get; init; }

    /// <summary>The identity of the cluster that it was read from; null where it does not tell.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>The managed cluster that it is of; null where it is of none, or came out of another process.</summary>
    public ManagedCluster? Managed { get; init; }

    /// <summary>What an object names; null where it is no pool.</summary>
    public static NodepoolTarget? Of(PSObject input) => ReturnedObject.Unwrap(input) switch
    {
        Nodepool pool => new(pool.Name, pool.Provider, pool.Selector) { Id = pool.Id, Context = pool.Context, ClusterUid = pool.ClusterUid, Managed = pool.Managed },
        NodepoolChange change => new(change.Name, change.Provider, change.Selector) { Id = change.Id, Context = change.Context, ClusterUid = change.ClusterUid, Managed = change.Managed },
        var bag when (ReturnedObject.Was<Nodepool>(bag, nameof(Nodepool.Name), nameof(Nodepool.Provider), nameof(Nodepool.Selector)) || ReturnedObject.Was<NodepoolChange>(bag))
            && ReturnedObject.Text(bag, nameof(Nodepool.Selector)) is { } selector => new(
                ReturnedObject.Text(bag, nameof(Nodepool.Name)) ?? selector, ReturnedObject.Text(bag, nameof(Nodepool.Provider)) ?? "", selector)
            {
                Id = ReturnedObject.Text(bag, nameof(Nodepool.Id)),
                Context = ReturnedObject.Text(bag, nameof(Nodepool.Context)),
                ClusterUid = ReturnedObject.Text(bag, nameof(Nodepool.ClusterUid)),
            },
        _ => null,
    };
}
