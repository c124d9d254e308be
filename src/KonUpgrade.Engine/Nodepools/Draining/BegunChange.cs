using KonUpgrade.Engine.Connections;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining;

/// <summary>What is told of a change of a pool, as it begins.</summary>
internal static class BegunChange
{
    /// <summary>Which pool of which cluster, since when, and what it is called when all goes well.</summary>
    public static async Task<NodepoolChange> OfAsync(
        ClusterConnection cluster, INodepoolProvider provider, Nodepool pool, NodepoolChangeAction action, TimeProvider time, CancellationToken cancellationToken)
    {
        return new NodepoolChange
        {
            Context = cluster.Context.Name,
            ClusterUid = (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid,
            Name = pool.Name,
            Id = pool.Id,
            Provider = provider.Name,
            Selector = pool.Selector,
            Action = action,
            StartedAt = time.GetUtcNow(),
        };
    }
}
