using System.Management.Automation;
using KonUpgrade.Parameters;

namespace KonUpgrade.Operations;

/// <summary>One pool that came down the pipeline, live or back from a job: what it is called, and no more.</summary>
internal sealed record NodepoolTarget(string Name, string Provider, string Selector)
{
    /// <summary>The identity of the cluster that it was read from; null where it does not tell.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>What an object names; null where it is no pool.</summary>
    public static NodepoolTarget? Of(PSObject input) => ReturnedObject.Unwrap(input) switch
    {
        Nodepool pool => new(pool.Name, pool.Provider, pool.Selector) { ClusterUid = pool.ClusterUid },
        NodepoolChange change => new(change.Name, change.Provider, change.Selector) { ClusterUid = change.ClusterUid },
        var bag when (ReturnedObject.Was<Nodepool>(bag, nameof(Nodepool.Name), nameof(Nodepool.Provider), nameof(Nodepool.Selector)) || ReturnedObject.Was<NodepoolChange>(bag))
            && ReturnedObject.Text(bag, nameof(Nodepool.Selector)) is { } selector => new(
                ReturnedObject.Text(bag, nameof(Nodepool.Name)) ?? selector, ReturnedObject.Text(bag, nameof(Nodepool.Provider)) ?? "", selector)
            {
                ClusterUid = ReturnedObject.Text(bag, nameof(Nodepool.ClusterUid)),
            },
        _ => null,
    };
}
