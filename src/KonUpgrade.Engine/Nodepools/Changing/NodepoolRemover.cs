using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Waiting;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Changing;

/// <summary>
/// Removes a pool with its nodes, after it was drained wholly. Run again, it carries on: what is drained is not drained
/// twice, and a pool that is being removed is not removed again.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="keeper">Who keeps the pool.</param>
/// <param name="pool">The pool.</param>
/// <param name="options">How it is drained.</param>
/// <param name="host">Told how it goes, and asked between batches.</param>
/// <param name="time">The clock; null for the real one.</param>
public sealed class NodepoolRemover(ClusterConnection cluster, INodepoolKeeper keeper, Nodepool pool, DrainOptions options, INodepoolHost host, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private NodepoolDrainer? _drainer;

    /// <summary>Whether the pool is drained first. Else its keeper ends its pods, which asks their budgets for a while only.</summary>
    public bool Drains { get; init; } = true;

    /// <summary>How long it is waited for the pool to be gone; null for not at all.</summary>
    public NodepoolWaitOptions? Wait { get; init; }

    // Without a drain of ours nothing is evicted by us, so that a server without eviction is no obstacle.
    private NodepoolDrainer Drainer => _drainer ??= new NodepoolDrainer(cluster, keeper, pool, Drains ? options : options with { DisableEviction = true }, host, _time);

    /// <summary>What a drain would do, and whether anything stands against removing the pool. Nothing is written.</summary>
    /// <exception cref="UpgradeException">IdentityUnknown, EvictionNotServed, or the cluster can't be asked.</exception>
    public Task<NodepoolDrainPlan> PrepareAsync(CancellationToken cancellationToken) => Drainer.PrepareAsync(cancellationToken);

    /// <summary>Does it. What fails is in what comes out; only what ends everything is thrown.</summary>
    /// <exception cref="UpgradeException">As <see cref="PrepareAsync"/> says, or the pool can't be kept from growing.</exception>
    public async Task<NodepoolChange> RunAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var plan = await PrepareAsync(cancellationToken).ConfigureAwait(false);
        var change = Drains
            ? await Drainer.RunAsync(cancellationToken).ConfigureAwait(false)
            : await UndrainedAsync(plan, cancellationToken).ConfigureAwait(false);
        if (change.Action is NodepoolChangeAction.Failed or NodepoolChangeAction.Restored)
            return change;
        var isBegun = false;
        try
        {
            await keeper.RemoveAsync(pool, cancellationToken).ConfigureAwait(false);
            isBegun = true;
            host.Verbose($"Pool {pool.Name} of {cluster.Context.Name} is being removed.");
            if (Wait is { } wait)
                await new NodepoolWaiter(cluster, host, _time).RemovedAsync(keeper, pool, wait, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            return change with { Action = NodepoolChangeAction.Failed, Failure = e.Failure, IsRemovalBegun = isBegun, Duration = _time.GetElapsedTime(started) };
        }
        return change with { Action = NodepoolChangeAction.Removed, Duration = _time.GetElapsedTime(started) };
    }

    private async Task<NodepoolChange> UndrainedAsync(NodepoolDrainPlan plan, CancellationToken cancellationToken)
    {
        var change = await BegunChange.OfAsync(cluster, keeper, pool, NodepoolChangeAction.Removed, _time, cancellationToken).ConfigureAwait(false);
        return plan.Failure is { } refusal
            ? change with { Action = NodepoolChangeAction.Failed, Failure = refusal }
            : change with { Reason = "It was not drained first: its provider drains its nodes, and after 15 minutes ends by force what is left." };
    }
}
