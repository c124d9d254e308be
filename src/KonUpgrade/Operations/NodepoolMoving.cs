using System.Globalization;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Moving;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>How pools are moved.</summary>
/// <param name="Pools">Which pools.</param>
/// <param name="Drain">How they are drained.</param>
internal sealed record NodepoolMovingRequest(NodepoolRequest Pools, DrainOptions Drain)
{
    /// <summary>The new pool's name; null for the next one that is free.</summary>
    public string? NewName { get; init; }

    /// <summary>In what the new pool is made otherwise.</summary>
    public required NodepoolShape Shape { get; init; }

    /// <summary>What decides between two batches; null for the built-in check.</summary>
    public ScriptBlock? Health { get; init; }

    /// <summary>Whether the old pool stays.</summary>
    public bool KeepOld { get; init; }

    /// <summary>Whether pods may wait for a place.</summary>
    public bool AllowPending { get; init; }

    /// <summary>How long each pool is waited for.</summary>
    public NodepoolWaitOptions Wait { get; init; } = new();
}

/// <summary>Moves pools.</summary>
internal static class NodepoolMoving
{
    /// <summary>Gives what became of each pool; with -WhatIf, what would. One whose old pool is gone is found by what the new one says.</summary>
    public static async IAsyncEnumerable<NodepoolMove> RunAsync(NodepoolMovingRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var search = await NodepoolSearch.OpenAsync(request.Pools, host, cancellationToken).ConfigureAwait(false);
        await using (search.ConfigureAwait(false))
        {
            string[] names = request.Pools.Target is { } target ? [target.Name] : [.. request.Pools.Names.Select(name => name.Text).Distinct(StringComparer.Ordinal)];
            await foreach (var move in search.EachAsync(names, (name, token) => MoveAsync(request, search, name, host, token), failed: null, cancellationToken).ConfigureAwait(false))
            {
                yield return move;
                if (move.Action == NodepoolMoveAction.Failed)
                    host.Error(Incomplete(move));
            }
        }
    }

    private static async Task<NodepoolMove?> MoveAsync(NodepoolMovingRequest request, NodepoolSearch search, string name, IPipelineHost host, CancellationToken cancellationToken)
    {
        var keeper = await MoveKeepers.OfAsync(search.Keepers, name, cancellationToken).ConfigureAwait(false) ?? throw new UpgradeException(NodepoolFailures.NotOffered(search.Cluster.Context.Name, name));
        var meant = new NodepoolMoveRequest
        {
            Name = name,
            Id = request.Pools.Target?.Id,
            NewName = request.NewName,
            Shape = request.Shape,
            Drain = request.Drain,
            Wait = request.Wait,
            KeepOld = request.KeepOld,
            AllowPending = request.AllowPending,
        };
        var mover = new NodepoolMover(search.Cluster, keeper, meant, new NodepoolHost(host, request.Health));
        var plan = await mover.PrepareAsync(cancellationToken).ConfigureAwait(false);
        if (plan.Action == NodepoolMoveAction.Planned)
        {
            if (plan.Failure is { } foreseen)
                host.Warning($"{name} can't be moved so; it would end before anything is made. {foreseen.Message}");
            var answer = await host.AskToProcessAsync($"{name} of {search.Cluster.Context.Name}", $"Move node pool: {Words(plan, request.KeepOld)}", cancellationToken).ConfigureAwait(false);
            if (answer != ProcessAnswer.Yes)
                return answer == ProcessAnswer.WhatIf ? Told(plan, search) : null;
        }

        var move = await mover.RunAsync(cancellationToken).ConfigureAwait(false);
        host.Information($"Pool {move}.");
        return Told(move, search);
    }

    private static string Words(NodepoolMove plan, bool keeps)
    {
        var make = plan.NewNodepool is { } there ? $"carry on with {there.Name}, which is {there.Status}" : $"make {plan.NewName} ({ShapeWords.Of(plan.Shape!)})";
        var end = keeps ? "keep the old pool" : string.Create(CultureInfo.InvariantCulture, $"remove the old pool with its {plan.Plan?.Nodes.Count} nodes");
        return $"{make}, {NodepoolOperation.Words(plan.Plan!)}, {end}";
    }

    // What leads to the cluster, for the next command of the pipeline.
    private static NodepoolMove Told(NodepoolMove move, NodepoolSearch search) => move with
    {
        NewNodepool = move.NewNodepool is { } made ? search.Told(made) : null,
        Drain = move.Drain is { } drain ? search.Told(drain) : null,
    };

    private static Failure Incomplete(NodepoolMove move) => new()
    {
        Id = "MoveIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"Pool {move.Name} of {move.Context} was not moved to {move.NewName}: {move.Failure?.Message}",
        Recommendation = move.Failure?.Recommendation,
        Target = move.Name,
    };
}
