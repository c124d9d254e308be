using System.Management.Automation;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Changing;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>How pools are removed.</summary>
/// <param name="Pools">Which pools.</param>
/// <param name="Drain">How they are drained first.</param>
internal sealed record NodepoolRemovalRequest(NodepoolRequest Pools, DrainOptions Drain)
{
    /// <summary>Whether they are drained first.</summary>
    public bool Drains { get; init; } = true;

    /// <summary>What decides between two batches; null for the built-in check.</summary>
    public ScriptBlock? Health { get; init; }

    /// <summary>How long their end is waited for; null for not at all.</summary>
    public NodepoolWaitOptions? Wait { get; init; }
}

/// <summary>Removes pools.</summary>
internal static class NodepoolRemoval
{
    /// <summary>Gives one change for each pool; with -WhatIf the plan of each drain.</summary>
    public static async IAsyncEnumerable<object> RunAsync(NodepoolRemovalRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var search = await NodepoolSearch.OpenAsync(request.Pools, host, cancellationToken).ConfigureAwait(false);
        await using (search.ConfigureAwait(false))
        {
            var pools = await search.FindAsync(mayFallBack: false, cancellationToken).ConfigureAwait(false);
            await foreach (var each in search.EachAsync<KeptNodepool, object>(pools, (kept, token) => RemoveAsync(request, search, kept, host, token), search.Failed, cancellationToken).ConfigureAwait(false))
            {
                yield return each;
                if (each is NodepoolChange { Action: NodepoolChangeAction.Failed or NodepoolChangeAction.Restored } failed)
                    host.Error(Incomplete(failed));
            }
        }
    }

    private static async Task<object?> RemoveAsync(
        NodepoolRemovalRequest request, NodepoolSearch search, KeptNodepool kept, IPipelineHost host, CancellationToken cancellationToken)
    {
        var (pool, keeper) = (kept.Pool, search.KeeperOf(kept, NodepoolOffers.Remove));
        var remover = new NodepoolRemover(search.Cluster, keeper, pool, request.Drain, new NodepoolHost(host, request.Health)) { Drains = request.Drains, Wait = request.Wait };
        var plan = await remover.PrepareAsync(cancellationToken).ConfigureAwait(false);
        var first = request.Drains ? $"{NodepoolOperation.Words(plan)}, then remove" : $"without a drain, which may end {plan.Pods.Count(pod => pod.Action != DrainAction.Leave)} pods by force, remove";
        var answer = await host.AskToProcessAsync(
            $"{pool.Name} of {search.Cluster.Context.Name}", $"Remove node pool: {first} the pool with its {pool.NodeCount} nodes", cancellationToken).ConfigureAwait(false);
        if (answer != ProcessAnswer.Yes)
            return answer == ProcessAnswer.WhatIf ? plan : null;
        var change = await remover.RunAsync(cancellationToken).ConfigureAwait(false);
        host.Information($"Pool {change}: {NodepoolOperation.Counts(change)}.");
        if (change.Action == NodepoolChangeAction.Removed && change.Reason is { } reason)
            host.Warning($"{pool.Name}: {reason}");
        return search.Told(change);
    }

    private static Failure Incomplete(NodepoolChange change) => change.IsRemovalBegun ? Leaving(change) : new()
    {
        Id = "RemovalIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"Pool {change.Name} of {change.Context} was not removed: {NodepoolOperation.Told(change)}",
        Recommendation = $"{change.Failure?.Recommendation} {NodepoolOperation.Next(change)}".Trim(),
        Target = change.Name,
    };

    private static Failure Leaving(NodepoolChange change) => new()
    {
        Id = "RemovalIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"Pool {change.Name} of {change.Context} is being removed, and is not gone: {NodepoolOperation.Counts(change)}. {change.Failure?.Message}",
        Recommendation = change.Failure?.Recommendation,
        Target = change.Name,
    };
}
