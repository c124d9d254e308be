using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Engine.Nodepools.Waiting;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>What of pools is waited for.</summary>
/// <param name="Pools">Which pools.</param>
/// <param name="Until">What they are to become.</param>
/// <param name="Options">How long, and how often.</param>
internal sealed record NodepoolWaitingRequest(NodepoolRequest Pools, NodepoolWaitGoal Until, NodepoolWaitOptions Options);

/// <summary>Waits for pools.</summary>
internal static class NodepoolWaiting
{
    /// <summary>Gives each pool when it is ready, or what became of it when it is gone.</summary>
    public static async IAsyncEnumerable<object> RunAsync(NodepoolWaitingRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var search = await NodepoolSearch.OpenAsync(request.Pools, host, cancellationToken).ConfigureAwait(false);
        await using (search.ConfigureAwait(false))
        {
            var waiter = new NodepoolWaiter(search.Cluster, host);
            var pools = await FindAsync(request, search, cancellationToken).ConfigureAwait(false);
            await foreach (var each in search.EachAsync(pools, (kept, token) => WaitAsync(request, search, waiter, kept, token), failed: null, cancellationToken).ConfigureAwait(false))
                yield return each;
        }
    }

    private static async Task<object?> WaitAsync(NodepoolWaitingRequest request, NodepoolSearch search, NodepoolWaiter waiter, KeptNodepool kept, CancellationToken cancellationToken)
    {
        var (pool, provider) = kept;
        if (request.Until == NodepoolWaitGoal.Ready)
            return search.Told(await waiter.ReadyAsync(provider, pool, request.Options, cancellationToken).ConfigureAwait(false));
        var started = TimeProvider.System.GetTimestamp();
        var begun = DateTimeOffset.UtcNow;
        await waiter.RemovedAsync(provider, pool, request.Options, cancellationToken).ConfigureAwait(false);
        return search.Told(pool, NodepoolChangeAction.Removed) with { StartedAt = begun, Duration = TimeProvider.System.GetElapsedTime(started) };
    }

    // One that came in and is gone is what is waited for; a name that nothing has may be a mistake.
    private static async Task<IReadOnlyList<KeptNodepool>> FindAsync(NodepoolWaitingRequest request, NodepoolSearch search, CancellationToken cancellationToken)
    {
        try
        {
            return await search.FindAsync(mayFallBack: false, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e) when (request is { Until: NodepoolWaitGoal.Removed, Pools.Target: { } target } && e.Failure.Id is "NodepoolNotFound" or "NodepoolReplaced")
        {
            INodepoolProvider provider = search.Keeper is { } keeper ? keeper : new LabelledNodes(search.Cluster, target.Selector);
            return [new KeptNodepool(new Nodepool { Name = target.Name, Id = target.Id, Provider = target.Provider, Selector = target.Selector, ClusterUid = target.ClusterUid }, provider)];
        }
    }
}
