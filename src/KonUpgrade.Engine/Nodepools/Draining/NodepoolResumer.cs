using System.Collections.Concurrent;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining;

/// <summary>Puts back what was changed when a pool was suspended, as the nodes and the pool themselves say it, and nothing else.</summary>
public sealed class NodepoolResumer(ClusterConnection cluster, INodepoolProvider provider, Nodepool pool, int throttleLimit, IReporter reporter, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>How many of the pool's nodes say that they were suspended. Nothing is written.</summary>
    /// <exception cref="UpgradeException">IdentityUnknown, NodepoolNotFound, or the cluster can't be asked.</exception>
    public async Task<int> PrepareAsync(CancellationToken cancellationToken) =>
        (await NodesAsync(cancellationToken).ConfigureAwait(false)).Count(node => node.Suspended is not null);

    /// <summary>Does it: first the nodes take pods again, then the pool may grow.</summary>
    /// <exception cref="UpgradeException">As <see cref="PrepareAsync"/> says.</exception>
    public async Task<NodepoolChange> RunAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var change = await BegunChange.OfAsync(cluster, provider, pool, NodepoolChangeAction.Resumed, _time, cancellationToken).ConfigureAwait(false);
        var nodes = await NodesAsync(cancellationToken).ConfigureAwait(false);
        var changer = new NodeChanger(cluster.Client, reporter, _time);
        var done = new ConcurrentBag<NodeChange>();
        await Parallel.ForEachAsync(
            nodes.Select(node => node.Name),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, throttleLimit), CancellationToken = cancellationToken },
            async (name, token) => done.Add(await changer.ResumeAsync(name, token).ConfigureAwait(false))).ConfigureAwait(false);
        change = change with { Nodes = [.. done.OrderBy(node => node.Name, StringComparer.Ordinal)] };
        Failure? failure = null;
        try
        {
            if (await provider.ReleaseGrowthAsync(pool, cancellationToken).ConfigureAwait(false) is { } growth)
                change = change with { MaxSizeBefore = growth.Before, MaxSizeAfter = growth.After };
        }
        catch (UpgradeException e)
        {
            failure = e.Failure;
        }
        failure ??= change.Nodes.SelectMany(node => node.Failures).FirstOrDefault();
        var isChanged = change.MaxSizeAfter is not null || change.Nodes.Any(node => node.Action == NodeChangeAction.Resumed);
        return change with
        {
            Action = failure is not null ? NodepoolChangeAction.Failed : isChanged ? NodepoolChangeAction.Resumed : NodepoolChangeAction.Unchanged,
            Failure = failure,
            Reason = failure is null && !isChanged ? "None of its nodes says that it was suspended by us." : null,
            Duration = _time.GetElapsedTime(started),
        };
    }

    private async Task<IReadOnlyList<NodeFacts>> NodesAsync(CancellationToken cancellationToken)
    {
        (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Require(cluster.Context.Name);
        var nodes = await NodeList.ReadAsync(cluster.Client, pool.Selector, cancellationToken).ConfigureAwait(false);
        // One that its provider keeps may have none left, and its most nodes to be given back.
        return nodes.Count > 0 || pool.Offers != NodepoolOffers.None ? nodes : throw new UpgradeException(NodepoolFailures.NodesNotFound(cluster.Context.Name, pool.Selector, pool.Name));
    }
}
