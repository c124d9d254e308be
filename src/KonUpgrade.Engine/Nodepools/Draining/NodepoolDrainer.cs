using System.Collections.Concurrent;
using System.Globalization;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Draining.Running;
using KonUpgrade.Engine.Nodepools.Nodes;
using KonUpgrade.Engine.Nodepools.Places;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining;

/// <summary>
/// Takes a pool out of use: keeps it from growing back, cordons all of its nodes and drains them, many at once, in batches.
/// Killed at any moment and run again it carries on: what is cordoned stays as it is noted, what is gone is gone.
/// </summary>
public sealed class NodepoolDrainer(ClusterConnection cluster, INodepoolProvider provider, Nodepool pool, DrainOptions options, INodepoolHost host, TimeProvider? time = null)
{
    // Each node is one watch. Over HTTP/1.1 a watch is a connection, of which a cluster gets 64: some must be left for evictions.
    private const int MostNodesAtOnce = 56;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly DaemonSets _daemonSets = new(cluster.Client);
    private readonly ConcurrentDictionary<string, NodeChange> _nodes = new(StringComparer.Ordinal);
    private ApiCatalog? _catalog;
    private DrainFacts? _facts;
    private NodepoolDrainPlan? _plan;

    /// <summary>Nodes that are not there yet, and will be before anything goes: the plan counts on them as far as they are known. Null for none.</summary>
    internal ComingNodes? Coming { get; init; }

    private string Activity => $"Draining pool {pool.Name} of {cluster.Context.Name}";

    /// <summary>What would be done. Nothing is written.</summary>
    /// <exception cref="UpgradeException">IdentityUnknown, NodepoolNotFound, EvictionNotServed, InvalidLabelSelector, or the cluster can't be asked.</exception>
    public async Task<NodepoolDrainPlan> PrepareAsync(CancellationToken cancellationToken)
    {
        if (_plan is not null)
            return _plan;
        (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Require(cluster.Context.Name);
        _catalog = await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        if (!options.DisableEviction && PodRemover.VersionOf(_catalog) is null)
            throw new UpgradeException(DrainFailures.EvictionNotServed(cluster.Context.Name));
        _facts = await new DrainSurvey(cluster.Client, _catalog, _daemonSets, host).ReadAsync(pool.Selector, options, cancellationToken).ConfigureAwait(false);
        if (_facts.Leaving.Count == 0 && pool.Offers == NodepoolOffers.None)
            throw new UpgradeException(NodepoolFailures.NodesNotFound(cluster.Context.Name, pool.Selector, pool.Name));
        return _plan = new DrainPlanner(_facts, options, _time.GetUtcNow(), Coming).Plan(cluster.Context.Name, pool.Name);
    }

    /// <summary>Does it. What fails is in what comes out; only what ends everything is thrown.</summary>
    /// <exception cref="UpgradeException">As <see cref="PrepareAsync"/> says, or the pool can't be kept from growing.</exception>
    public async Task<NodepoolChange> RunAsync(CancellationToken cancellationToken)
    {
        var plan = await PrepareAsync(cancellationToken).ConfigureAwait(false);
        var change = await BegunChange.OfAsync(cluster, provider, pool, NodepoolChangeAction.Suspended, _time, cancellationToken).ConfigureAwait(false);
        var started = _time.GetTimestamp();
        if (plan.Failure is { } refusal)
            return change with { Action = NodepoolChangeAction.Failed, Failure = refusal };
        foreach (var warning in plan.Warnings)
            host.Warning($"{pool.Name}: {warning}");
        // First of all, so that no node comes for each that is cordoned.
        if (await provider.HoldGrowthAsync(pool, cancellationToken).ConfigureAwait(false) is { } growth)
        {
            host.Verbose(string.Create(CultureInfo.InvariantCulture, $"{pool.Name} can have {growth.After} nodes now, and could have {growth.Before}."));
            change = change with { MaxSizeBefore = growth.Before, MaxSizeAfter = growth.After };
        }
        Failure? stopped;
        try
        {
            stopped = await DrainAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            host.Progress(new ProgressReport { Activity = Activity, Completed = true });
        }
        change = change with { Nodes = Nodes(), Failure = stopped ?? Nodes().SelectMany(node => node.Failures).FirstOrDefault(), Duration = _time.GetElapsedTime(started) };
        var isWhole = stopped is null && change.Nodes.All(node => node.Action is NodeChangeAction.Drained or NodeChangeAction.Gone);
        if (!isWhole && options.OnTimeout == DrainTimeoutAction.Restore && TimedOut())
            return await RestoreAsync(change, cancellationToken).ConfigureAwait(false);
        return change with { Action = isWhole ? NodepoolChangeAction.Suspended : NodepoolChangeAction.Failed, Failure = isWhole ? null : change.Failure };
    }

    // Nodes are listed again until none is new: one that was on its way comes, whatever its pool's most nodes are.
    private async Task<Failure?> DrainAsync(CancellationToken cancellationToken)
    {
        var health = new WorkloadHealth(cluster.Client, _time, host);
        var isRemembered = false;
        var number = 0;
        var budgets = await BudgetWatch.StartAsync(cluster.Client, _catalog!, _time, host, cancellationToken).ConfigureAwait(false);
        await using (budgets.ConfigureAwait(false))
        {
            using var remover = new PodRemover(cluster.Client, PodRemover.VersionOf(_catalog!) ?? "policy/v1", options.GracePeriodSecond);
            var tools = new DrainTools(cluster.Client, options, remover, budgets, _daemonSets, host, _time) { Activity = Activity };
            var left = new Queue<string>();
            while (true)
            {
                var come = await CordonNewAsync(cancellationToken).ConfigureAwait(false);
                foreach (var node in come)
                    left.Enqueue(node);
                if (left.Count == 0)
                    return null;
                var size = options.BatchSize is { } most and > 0 ? Math.Min(most, left.Count) : left.Count;
                var names = Enumerable.Range(0, size).Select(_ => left.Dequeue()).ToList();
                if (left.Count > 0 && !isRemembered)
                {
                    await health.RememberAsync(_facts!.Pods, begunAt: null, cancellationToken).ConfigureAwait(false);
                    isRemembered = true;
                }
                number++;
                await DrainBatchAsync(tools, number, names, left.Count, cancellationToken).ConfigureAwait(false);
                // Who wants everything back on a timeout wants nothing more of it gone.
                if (options.OnTimeout == DrainTimeoutAction.Restore && TimedOut())
                    return null;
                if (left.Count == 0)
                    continue;
                var batch = new NodepoolBatch { Context = cluster.Context.Name, Nodepool = pool.Name, Number = number, Nodes = [.. names.Select(name => _nodes[name])], Remaining = left.Count };
                if (await MayGoOnAsync(batch, health, cancellationToken).ConfigureAwait(false) is { } failure)
                    return failure;
            }
        }
    }

    private async Task<IReadOnlyList<string>> CordonNewAsync(CancellationToken cancellationToken)
    {
        var nodes = await NodeList.ReadAsync(cluster.Client, pool.Selector, cancellationToken).ConfigureAwait(false);
        var come = nodes.Select(node => node.Name).Where(name => !_nodes.ContainsKey(name)).Order(StringComparer.Ordinal).ToList();
        var changer = new NodeChanger(cluster.Client, host, _time);
        await Parallel.ForEachAsync(
            come,
            new ParallelOptions { MaxDegreeOfParallelism = NodesAtOnce, CancellationToken = cancellationToken },
            async (name, token) =>
            {
                var done = await changer.SuspendAsync(name, token).ConfigureAwait(false);
                _nodes[name] = done.Action == NodeChangeAction.Unchanged ? done with { Action = NodeChangeAction.Cordoned } : done;
            }).ConfigureAwait(false);
        // One that can't be cordoned is not drained: its pods would come straight back.
        return [.. come.Where(name => _nodes[name].Action == NodeChangeAction.Cordoned)];
    }

    private async Task DrainBatchAsync(DrainTools tools, int number, List<string> names, int remaining, CancellationToken cancellationToken)
    {
        host.Information(string.Create(CultureInfo.InvariantCulture, $"{pool.Name}: batch {number} drains {names.Count} nodes, {remaining} are left."));
        Report();
        // A node on which nothing happens but that budgets are waited for gives its place up: the next one may have pods whose
        // budgets have room, and one budget that never has any must not keep the whole pool.
        using var places = new SemaphoreSlim(NodesAtOnce);
        await Parallel.ForEachAsync(
            names,
            new ParallelOptions { MaxDegreeOfParallelism = MostNodesAtOnce, CancellationToken = cancellationToken },
            async (name, token) =>
            {
                await places.WaitAsync(token).ConfigureAwait(false);
                using var place = new NodePlace(places);
                _nodes[name] = await new NodeDrain(tools, name, place.Dispose).RunAsync(token).ConfigureAwait(false);
                host.Verbose(string.Create(CultureInfo.InvariantCulture, $"Node {name}: {_nodes[name].Action}, {_nodes[name].GoneCount} pods gone, {_nodes[name].FailedCount} not, in {_nodes[name].Duration.TotalSeconds:0.0} s."));
                Report();
            }).ConfigureAwait(false);
    }

    private async Task<Failure?> MayGoOnAsync(NodepoolBatch batch, WorkloadHealth health, CancellationToken cancellationToken)
    {
        if (options.BatchSoak > TimeSpan.Zero)
        {
            host.Progress(new ProgressReport { Activity = Activity, Status = $"Waiting {options.BatchSoak} after {batch}", Done = Done(), Total = _nodes.Count });
            await Task.Delay(options.BatchSoak, _time, cancellationToken).ConfigureAwait(false);
        }
        if (await host.IsHealthyAsync(batch, cancellationToken).ConfigureAwait(false) is { } answer)
            return answer ? null : DrainFailures.NotLetOn(batch);
        host.Progress(new ProgressReport { Activity = Activity, Status = $"Waiting until workloads are available again after {batch}", Done = Done(), Total = _nodes.Count });
        var lacking = await health.WaitAsync(options.HealthTimeout, cancellationToken).ConfigureAwait(false);
        return lacking.Count == 0 ? null : DrainFailures.NotHealthy(batch, lacking, options.HealthTimeout);
    }

    private async Task<NodepoolChange> RestoreAsync(NodepoolChange change, CancellationToken cancellationToken)
    {
        host.Warning($"{pool.Name} is put back to what it was, since the time was over.");
        var restored = await new NodepoolResumer(cluster, provider, pool, options.ThrottleLimit, host, _time).RunAsync(cancellationToken).ConfigureAwait(false);
        return change with
        {
            Action = restored.Action == NodepoolChangeAction.Failed ? NodepoolChangeAction.Failed : NodepoolChangeAction.Restored,
            Failure = restored.Failure ?? change.Failure,
            MaxSizeAfter = restored.MaxSizeAfter ?? change.MaxSizeAfter,
            Reason = "The time was over before it was drained; what was changed for it is put back.",
        };
    }

    private bool TimedOut() => _nodes.Values.Any(node => node.Pods.Any(pod => pod.Failure?.Kind == FailureKind.Timeout));

    private IReadOnlyList<NodeChange> Nodes() => [.. _nodes.Values.OrderBy(node => node.Name, StringComparer.Ordinal)];

    private int NodesAtOnce => Math.Clamp(options.ThrottleLimit, 1, MostNodesAtOnce);

    private int Done() => _nodes.Values.Count(node => node.Action is NodeChangeAction.Drained or NodeChangeAction.Gone or NodeChangeAction.Failed);

    private void Report() => host.Progress(new ProgressReport
    {
        Activity = Activity,
        Status = string.Create(CultureInfo.InvariantCulture, $"{_nodes.Values.Sum(node => node.GoneCount)} pods gone"),
        Done = Done(),
        Total = _nodes.Count,
    });
}
