using System.Globalization;
using System.Threading.Channels;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Waiting;

/// <summary>
/// Waits until a pool is ready, or gone: first by what its provider says, then by its nodes. The nodes are followed by a
/// watch; where that is not allowed they are looked at from time to time.
/// </summary>
/// <param name="cluster">The cluster.</param>
/// <param name="reporter">Told how it stands.</param>
/// <param name="time">The clock; null for the real one.</param>
public sealed class NodepoolWaiter(ClusterConnection cluster, IReporter reporter, TimeProvider? time = null)
{
    // How long nodes have once their provider says that the pool is as it should be, and how often they are looked at.
    private static readonly TimeSpan s_nodesTimeout = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan s_nodesInterval = TimeSpan.FromSeconds(15);

    // A change that brings no nodes is a matter of seconds, whatever the provider's own interval is.
    private static readonly TimeSpan s_changeInterval = TimeSpan.FromSeconds(3);

    // Between two looks whatever is told meanwhile: a hundred nodes that become ready together are one look.
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(1);

    private const int MostNamed = 5;

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>
    /// Waits until a pool is ready: its provider says so, and as many nodes as it is to have are Ready and take pods. Of one
    /// that only labels make, all nodes must be, and there must be one.
    /// </summary>
    /// <param name="provider">Who keeps the pool.</param>
    /// <param name="pool">The pool: this one, whatever may get its name later.</param>
    /// <param name="options">How long altogether, and how often. Where no time is given, the provider's own, and 15 minutes for the nodes.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The pool as it is then.</returns>
    /// <exception cref="UpgradeException">NodepoolNotReady when the time is over; NodepoolNotFound, NodepoolReplaced; or what the provider says of a pool that will never be.</exception>
    public async Task<Nodepool> ReadyAsync(INodepoolProvider provider, Nodepool pool, NodepoolWaitOptions options, CancellationToken cancellationToken)
    {
        var left = new Patience(_time, options.Timeout);
        if (provider is INodepoolKeeper keeper)
            await keeper.WaitActiveAsync(pool.Name, options, cancellationToken).ConfigureAwait(false);
        return await FollowAsync(
            new Following($"Waiting for the nodes of pool {pool.Name} of {cluster.Context.Name}", pool.Selector, left, options),
            async token =>
            {
                var now = await FindAsync(provider, pool, token).ConfigureAwait(false);
                var (isReady, standing) = Standing(now);
                return new Look<Nodepool>(now, isReady, standing);
            },
            (now, standing, passed) => NotReady(now, standing, passed),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until an update of a pool has ended well, and its pool is ready after it; of a suspended one that is not asked.</summary>
    /// <param name="keeper">Who keeps the pool.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="updateId">The update.</param>
    /// <param name="bringsNodes">Whether nodes come by it. Else it is over when the provider says so, however those that are there stand.</param>
    /// <param name="options">How long altogether, and how often.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The pool as it is then.</returns>
    /// <exception cref="UpgradeException">The update failed; or as <see cref="ReadyAsync"/> says.</exception>
    public async Task<Nodepool> UpdatedAsync(INodepoolKeeper keeper, Nodepool pool, string updateId, bool bringsNodes, NodepoolWaitOptions options, CancellationToken cancellationToken)
    {
        var left = new Patience(_time, options.Timeout);
        var often = bringsNodes ? options : options with { Interval = options.Interval ?? s_changeInterval };
        await keeper.WaitUpdatedAsync(pool, updateId, often, cancellationToken).ConfigureAwait(false);
        return !bringsNodes || pool.State is NodepoolState.Suspended or NodepoolState.Cordoned
            ? await FindAsync(keeper, pool, cancellationToken).ConfigureAwait(false)
            : await ReadyAsync(keeper, pool, options with { Timeout = left.Remaining }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until a pool is gone, and its nodes with it. Of one that only labels make, the nodes alone are asked.</summary>
    /// <param name="provider">Who keeps the pool.</param>
    /// <param name="pool">The pool: this one, whatever may get its name later.</param>
    /// <param name="options">How long altogether, and how often. Where no time is given, the provider's own, and 15 minutes for the nodes.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">NodepoolNotGone when the time is over; or what the provider says of a pool that can't be removed.</exception>
    public async Task RemovedAsync(INodepoolProvider provider, Nodepool pool, NodepoolWaitOptions options, CancellationToken cancellationToken)
    {
        var left = new Patience(_time, options.Timeout);
        if (provider is INodepoolKeeper keeper)
            await keeper.WaitRemovedAsync(pool, options, cancellationToken).ConfigureAwait(false);
        // Another pool may have the name, and so the label, by now: its nodes are none of these.
        var known = pool.Nodes.Select(node => node.Uid).OfType<string>().ToHashSet(StringComparer.Ordinal);
        await FollowAsync(
            new Following($"Waiting for the nodes of pool {pool.Name} of {cluster.Context.Name} to go", pool.Selector, left, options),
            async token =>
            {
                var nodes = await NodeList.ReadAsync(cluster.Client, pool.Selector, token).ConfigureAwait(false);
                var there = nodes.Where(node => provider is not INodepoolKeeper || (node.Uid is { } uid && known.Contains(uid))).Select(node => node.Name).ToList();
                return new Look<IReadOnlyList<string>>(there, there.Count == 0, Text($"{there.Count} nodes are left"));
            },
            (there, _, passed) => NotGone(pool, there, passed),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a pool is ready, by its nodes alone, and how it stands.</summary>
    private static (bool IsReady, string Standing) Standing(Nodepool pool)
    {
        var wanted = pool.DesiredSize ?? Math.Max(1, pool.NodeCount);
        var takes = pool.Nodes.Count(node => node is { IsReady: true, IsCordoned: false });
        var away = new List<string>();
        if (pool.Nodes.Where(node => !node.IsReady).Select(node => node.Name).ToList() is { Count: > 0 } unready)
            away.Add($"not Ready: {NameList.Some(unready, MostNamed)}");
        if (pool.Nodes.Where(node => node is { IsReady: true, IsCordoned: true }).Select(node => node.Name).ToList() is { Count: > 0 } cordoned)
            away.Add($"cordoned: {NameList.Some(cordoned, MostNamed)}");
        if (pool.NodeCount < wanted)
            away.Add(Text($"{wanted - pool.NodeCount} not there yet"));
        return (takes >= wanted, Text($"{takes} of {wanted} nodes take pods") + (away.Count > 0 ? $" ({string.Join("; ", away)})" : ""));
    }

    private async Task<Nodepool> FindAsync(INodepoolProvider provider, Nodepool pool, CancellationToken cancellationToken)
    {
        if (provider is not INodepoolKeeper keeper)
        {
            return (await provider.ListAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(each => each.Selector == pool.Selector) is { } labelled
                ? labelled with { Name = pool.Name }
                : throw new UpgradeException(NodepoolFailures.NodesNotFound(cluster.Context.Name, pool.Selector, pool.Name));
        }

        var found = await keeper.FindAsync(pool.Name, cancellationToken).ConfigureAwait(false)
            ?? throw new UpgradeException(NodepoolFailures.NameNotFound(cluster.Context.Name, pool.Name, []));
        return pool.Id is null || found.Id is null || found.Id == pool.Id ? found : throw new UpgradeException(NodepoolFailures.Replaced(cluster.Context.Name, pool.Name));
    }

    private async Task<T> FollowAsync<T>(
        Following following, Func<CancellationToken, Task<Look<T>>> look, Func<T, string, TimeSpan, Failure> timedOut, CancellationToken cancellationToken)
    {
        var interval = following.Options.Interval ?? s_nodesInterval;
        var limit = following.Patience.Remaining ?? s_nodesTimeout;
        var begun = _time.GetTimestamp();
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(following.Selector, changes.Writer, stop.Token);
        try
        {
            while (true)
            {
                var seen = await look(cancellationToken).ConfigureAwait(false);
                if (seen.IsDone)
                    return seen.Value;
                var passed = _time.GetElapsedTime(begun);
                reporter.Progress(new ProgressReport
                {
                    Activity = following.Activity,
                    ParentActivity = following.Options.ParentActivity,
                    Status = Text($"{seen.Standing}, for {Math.Floor(passed.TotalSeconds)} s"),
                });
                if (passed >= limit)
                    throw new UpgradeException(timedOut(seen.Value, seen.Standing, following.Patience.Passed));
                await Task.Delay(Least(s_settling, interval, limit - passed), _time, cancellationToken).ConfigureAwait(false);
                await ChangedAsync(changes.Reader, Least(interval, limit - _time.GetElapsedTime(begun)), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            reporter.Progress(new ProgressReport { Activity = following.Activity, ParentActivity = following.Options.ParentActivity, Completed = true });
        }
    }

    // Until something has changed, or the time is over.
    private async Task ChangedAsync(ChannelReader<bool> changes, TimeSpan most, CancellationToken cancellationToken)
    {
        if (most <= TimeSpan.Zero)
            return;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var change = changes.WaitToReadAsync(over.Token).AsTask();
        var wait = Task.Delay(most, _time, over.Token);
        await Task.WhenAny(change, wait).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(change, wait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        changes.TryRead(out _);
    }

    // A node tells of itself every few seconds; only what makes it take pods or not is a change.
    private async Task WatchAsync(string selector, ChannelWriter<bool> changes, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, (bool IsReady, bool IsCordoned)>(StringComparer.Ordinal);
        try
        {
            await foreach (var change in cluster.Client.WatchAsync(CoreResources.Nodes, new WatchOptions { LabelSelector = selector }, cancellationToken).ConfigureAwait(false))
            {
                using (change.Object)
                {
                    if (change.Type == WatchEventType.Synced)
                        continue;
                    if (change.Type == WatchEventType.Deleted || change.Object is null)
                    {
                        known.Remove(change.Name);
                        changes.TryWrite(true);
                        continue;
                    }

                    var node = NodeFacts.Of(change.Object);
                    var state = (node.IsReady, node.IsUnschedulable);
                    if (!known.TryGetValue(node.Name, out var before) || before != state)
                        changes.TryWrite(true);
                    known[node.Name] = state;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It is no longer needed.
        }
        catch (UpgradeException e)
        {
            reporter.Verbose($"Nodes are not followed, and looked at from time to time. {e.Failure.Message}");
        }
    }

    private Failure NotReady(Nodepool pool, string standing, TimeSpan passed) => new()
    {
        Id = "NodepoolNotReady",
        Kind = FailureKind.Timeout,
        Message = Text($"Pool {pool.Name} of {cluster.Context.Name} is not ready after {Math.Round(passed.TotalSeconds)} s: {standing}.{(pool.Issues.Count > 0 ? $" {pool.Provider} says: {string.Join("; ", pool.Issues)}." : "")}"),
        Recommendation = pool.CordonedCount > 0
            ? $"Give cordoned nodes back with Resume-Nodepool {pool.Name}, or with kubectl uncordon where others cordoned them; then wait again."
            : "Look at the nodes that are not Ready (kubectl describe node), and at pods of kube-system that nodes wait for; then wait again, or longer.",
        Target = pool.Name,
    };

    private Failure NotGone(Nodepool pool, IReadOnlyList<string> there, TimeSpan passed) => new()
    {
        Id = "NodepoolNotGone",
        Kind = FailureKind.Timeout,
        Message = Text($"Nodes of pool {pool.Name} of {cluster.Context.Name} are still there after {Math.Round(passed.TotalSeconds)} s: {NameList.Some(there, MostNamed)}."),
        Recommendation = "Look at their machines and at their finalizers; then wait again, or longer.",
        Target = pool.Name,
    };

    private static TimeSpan Least(params ReadOnlySpan<TimeSpan> times)
    {
        var least = TimeSpan.MaxValue;
        foreach (var each in times)
            least = each < least ? each : least;
        return least > TimeSpan.Zero ? least : TimeSpan.Zero;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Following(string Activity, string Selector, Patience Patience, NodepoolWaitOptions Options);

    private sealed record Look<T>(T Value, bool IsDone, string Standing);

    /// <summary>How much of the time that was given is left.</summary>
    private sealed class Patience(TimeProvider time, TimeSpan? limit)
    {
        private readonly long _begun = time.GetTimestamp();

        public TimeSpan Passed => time.GetElapsedTime(_begun);

        public TimeSpan? Remaining => limit is { } all ? (all > Passed ? all - Passed : TimeSpan.Zero) : null;
    }
}
