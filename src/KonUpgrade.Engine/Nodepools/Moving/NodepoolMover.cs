using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Places;
using KonUpgrade.Engine.Nodepools.Waiting;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Moving;

/// <summary>
/// Brings the work of a pool to a new one: makes it, waits until it is ready, cordons and drains the old one, looks whether
/// all runs again, and removes the old one. All that it must remember is in the service and in the cluster: the new pool's
/// tag says which one it replaces, the old one's nodes say that they are suspended. Killed at any moment and run again, by
/// whomever and wherever, it carries on, and makes no second pool.
/// </summary>
public sealed class NodepoolMover(ClusterConnection cluster, INodepoolKeeper keeper, NodepoolMoveRequest request, INodepoolHost host, TimeProvider? time = null)
{
    // A service may take a little until it shows what it made.
    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(3);
    private const int MostLooks = 5;
    private const int MostAttempts = 3;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly MoveLog _log = new(time ?? TimeProvider.System);
    private readonly MoveHost _host = new(host, ActivityOf(cluster, request));
    private readonly string _activity = ActivityOf(cluster, request);
    private readonly NodepoolWaiter _waiter = new(cluster, new MoveHost(host, ActivityOf(cluster, request)), time);
    private string _clusterUid = "";
    private Nodepool? _old;
    private Nodepool? _new;
    private NodepoolMove? _plan;

    /// <summary>What would be done. Nothing is written.</summary>
    /// <returns>A plan; or what was done before, where the old pool is gone and another replaces it.</returns>
    /// <exception cref="UpgradeException">
    /// IdentityUnknown, NodepoolNotFound, NodepoolReplaced, NodepoolNotKept, NodepoolAmbiguous, NodepoolExists, what stands against the new
    /// pool's shape, or the cluster or the service can't be asked.
    /// </exception>
    public async Task<NodepoolMove> PrepareAsync(CancellationToken cancellationToken)
    {
        if (_plan is not null)
            return _plan;
        _clusterUid = (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Require(cluster.Context.Name);
        var pools = await keeper.ListAsync(cancellationToken).ConfigureAwait(false);
        if (pools.FirstOrDefault(pool => pool.Name == request.Name) is not { } old)
            return _plan = DoneBefore(pools);
        if (request.Id is { } meant && old.Id is { } id && id != meant)
            throw new UpgradeException(NodepoolFailures.Replaced(cluster.Context.Name, old.Name));
        if (!old.Offers.HasFlag(NodepoolOffers.Create | NodepoolOffers.Remove))
            throw new UpgradeException(MoveFailures.NotOffered(old));
        _old = old;
        _new = Replacing(old, pools);
        var plan = new NodepoolMove
        {
            Context = cluster.Context.Name,
            ClusterUid = _clusterUid,
            Name = old.Name,
            NewName = _new?.Name ?? NewName(old, pools),
            Provider = keeper.Name,
            Action = NodepoolMoveAction.Planned,
            NewNodepool = _new,
            StartedAt = _time.GetUtcNow(),
            IsResumable = true,
        };
        if (_new is { } there)
        {
            plan = plan with { Shape = there.Shape, Differences = Differences(there) };
            if (IsMade(there))
                _log.Set(NodepoolMoveStepName.Create, NodepoolMoveStepState.Unchanged, $"{there.Name} is there, and says that it replaces {old.Name}.");
        }
        else
        {
            var shape = await keeper.CompleteAsync(plan.NewName, request.Shape, old, cancellationToken).ConfigureAwait(false);
            plan = plan with { Shape = MoveMark.Of(old).Put(shape) };
        }
        if (request.KeepOld)
            _log.Set(NodepoolMoveStepName.Remove, NodepoolMoveStepState.Skipped, $"{old.Name} is to stay.");
        // The new pool's nodes are not among those that stay yet. It is looked at again when they are there.
        var coming = !IsMade(_new) ? new ComingNodes(plan.NewName, plan.Shape!, old) : null;
        var drain = await new NodepoolDrainer(cluster, keeper, old, request.Drain, _host, _time) { Coming = coming }.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return _plan = plan with { Plan = drain, Failure = !IsMade(_new) ? Foreseen(old, plan.NewName, drain) : null, Steps = _log.Steps };
    }

    /// <summary>Does it. What fails after the first change is in what comes out; only what ends everything before is thrown.</summary>
    /// <exception cref="UpgradeException">As <see cref="PrepareAsync"/> says.</exception>
    public async Task<NodepoolMove> RunAsync(CancellationToken cancellationToken)
    {
        var move = await PrepareAsync(cancellationToken).ConfigureAwait(false);
        var begun = _time.GetTimestamp();
        foreach (var difference in move.Differences)
            host.Warning($"{move.NewName} is there already, and is not changed: its {difference}.");
        try
        {
            move = _old is { } old ? await RunAsync(move, old, cancellationToken).ConfigureAwait(false) : await ConfirmAsync(move, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            move = Failed(move, e.Failure);
        }
        finally
        {
            host.Progress(new ProgressReport { Activity = _activity, Completed = true });
        }
        return move with { NewNodepool = _new, Steps = _log.Steps, Duration = _time.GetElapsedTime(begun) };
    }

    // One without an id is announced and no more: an earlier run ended before its keeper had made it.
    private static bool IsMade([NotNullWhen(true)] Nodepool? pool) => pool?.Id is not null;

    private static string ActivityOf(ClusterConnection cluster, NodepoolMoveRequest request) => $"Moving pool {request.Name} of {cluster.Context.Name}";

    private async Task<NodepoolMove> RunAsync(NodepoolMove move, Nodepool old, CancellationToken cancellationToken)
    {
        if (!IsMade(_new))
        {
            // Whatever the new nodes will be: it need not be made to be found out.
            if (move.Failure is { } foreseen)
            {
                _log.Begin(NodepoolMoveStepName.Create);
                return Failed(move, foreseen);
            }
            Begin(NodepoolMoveStepName.Create, $"making {move.NewName}");
            try
            {
                _new = await CreateAsync(old, move.NewName, move.Shape!, cancellationToken).ConfigureAwait(false);
            }
            catch (UpgradeException e)
            {
                return Failed(move, MoveFailures.NotMade(old, e.Failure));
            }
            _log.End(NodepoolMoveStepState.Done, $"{move.NewName} is made, with the tag {MoveMark.Tag}.");
        }

        Begin(NodepoolMoveStepName.Ready, $"waiting until {move.NewName} is ready");
        try
        {
            _new = await ReadyAsync(_new, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            _new = await keeper.FindAsync(move.NewName, cancellationToken).ConfigureAwait(false) ?? _new;
            return Failed(move, MoveFailures.NotReady(old, move.NewName, e.Failure)) with { IsResumable = !MoveFailures.IsForGood(e.Failure) };
        }
        _log.End(NodepoolMoveStepState.Done, string.Create(CultureInfo.InvariantCulture, $"{_new.ReadyCount} nodes of {_new.Name} are ready."));

        Begin(NodepoolMoveStepName.Drain, $"draining {old.Name}");
        // Its nodes as they are now, and with what an earlier run did to them.
        var now = await keeper.FindAsync(old.Name, cancellationToken).ConfigureAwait(false);
        if (now is not null && now.Id != old.Id)
            return Failed(move, NodepoolFailures.Replaced(cluster.Context.Name, old.Name));
        old = now ?? old with { Nodes = [] };
        var drainer = new NodepoolDrainer(cluster, keeper, old, request.Drain, _host, _time);
        var plan = await drainer.PrepareAsync(cancellationToken).ConfigureAwait(false);
        move = move with { Plan = plan };
        if (Homeless(old, _new, plan) is { } homeless)
            return Failed(move, homeless);
        var check = new MoveCheck(cluster, keeper, request.Drain, _host, _time);
        await check.RememberAsync(old, _new, cancellationToken).ConfigureAwait(false);
        var drain = await drainer.RunAsync(cancellationToken).ConfigureAwait(false);
        move = move with { Drain = drain };
        if (drain.Action != NodepoolChangeAction.Suspended)
            return Failed(move, MoveFailures.NotDrained(drain, _new.Name));
        var wasDrained = old.State == NodepoolState.Suspended && drain.PodCount == 0;
        _log.End(
            wasDrained ? NodepoolMoveStepState.Unchanged : NodepoolMoveStepState.Done,
            string.Create(CultureInfo.InvariantCulture, $"{drain.DoneCount} nodes are cordoned and drained, {drain.PodCount} pods are gone."));

        Begin(NodepoolMoveStepName.Verify, $"waiting until what ran on {old.Name} is available again");
        if (await VerifyAsync(check, old, cancellationToken).ConfigureAwait(false) is { } failure)
            return Failed(move, failure);
        _log.End(NodepoolMoveStepState.Done, $"What ran on {old.Name} is available as before, and {_new.Name} is ready.");
        if (request.KeepOld)
            return move with { Action = NodepoolMoveAction.Kept, Reason = $"{old.Name} stays, cordoned and drained; the same command without -KeepOld removes it.", IsResumable = true };

        Begin(NodepoolMoveStepName.Remove, $"removing {old.Name}");
        await keeper.RemoveAsync(old, cancellationToken).ConfigureAwait(false);
        host.Information($"{old.Name} of {cluster.Context.Name} is being removed; {_new.Name} does its work.");
        await _waiter.RemovedAsync(keeper, old, request.Wait with { ParentActivity = _activity }, cancellationToken).ConfigureAwait(false);
        _log.End(NodepoolMoveStepState.Done, $"{old.Name} and its nodes are gone.");
        return move with { Action = NodepoolMoveAction.Moved, IsResumable = false };
    }

    // That the old pool is gone does not say that the new one does its work.
    private async Task<NodepoolMove> ConfirmAsync(NodepoolMove move, CancellationToken cancellationToken)
    {
        Begin(NodepoolMoveStepName.Ready, $"looking whether {move.NewName} is ready");
        _new = await ReadyAsync(move.NewNodepool!, cancellationToken).ConfigureAwait(false);
        _log.End(NodepoolMoveStepState.Unchanged, null);
        return move;
    }

    // A token that was used before may be answered with what is gone by now. A pool's name is its own: a further order can't make a second one.
    private async Task<Nodepool> CreateAsync(Nodepool old, string name, NodepoolShape shape, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            try
            {
                await keeper.CreateAsync(name, shape, MoveNames.Token(_clusterUid, old, name, shape, attempt), cancellationToken).ConfigureAwait(false);
            }
            catch (UpgradeException e) when (e.Failure.Kind == FailureKind.AlreadyExists)
            {
                if (await keeper.FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } there || !IsMade(there) || MoveMark.On(there) != MoveMark.Of(old))
                    throw;
                host.Verbose($"{name} was ordered by a run before this one.");
                return there;
            }
            for (var look = 1; look <= MostLooks; look++)
            {
                if (await keeper.FindAsync(name, cancellationToken).ConfigureAwait(false) is { } made && IsMade(made))
                    return made;
                await Task.Delay(s_lookInterval, _time, cancellationToken).ConfigureAwait(false);
            }
            host.Verbose($"The order to make {name} was answered, and {name} is not there: it is ordered anew.");
        }
        throw new UpgradeException(MoveFailures.NotSeen(name, keeper.Name));
    }

    private Task<Nodepool> ReadyAsync(Nodepool made, CancellationToken cancellationToken) =>
        _waiter.ReadyAsync(keeper, made, request.Wait with { ParentActivity = _activity }, cancellationToken);

    private async Task<Failure?> VerifyAsync(MoveCheck check, Nodepool old, CancellationToken cancellationToken)
    {
        var lacking = await check.WaitAvailableAsync(cancellationToken).ConfigureAwait(false);
        if (lacking.Count > 0)
            return MoveFailures.NotAvailable(old, lacking, request.Drain.HealthTimeout);
        var left = await check.LeftAsync(old, cancellationToken).ConfigureAwait(false);
        if (left.Count > 0)
            return MoveFailures.NotEmpty(old, left);
        _new = await ReadyAsync(_new!, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private NodepoolMove DoneBefore(IReadOnlyList<Nodepool> pools)
    {
        var meant = request.Id is null ? null : MoveMark.Of(request.Name, request.Id);
        var replacing = pools.Where(pool => MoveMark.On(pool) is { } mark && mark.Name == request.Name && (meant is null || mark == meant)).ToList();
        var made = replacing.FirstOrDefault(pool => pool.Name == request.NewName) ?? replacing.LastOrDefault()
            ?? throw new UpgradeException(NodepoolFailures.NameNotFound(cluster.Context.Name, request.Name, pools));
        foreach (var step in Enum.GetValues<NodepoolMoveStepName>())
            _log.Set(step, NodepoolMoveStepState.Unchanged, null);
        return new NodepoolMove
        {
            Context = cluster.Context.Name,
            ClusterUid = _clusterUid,
            Name = request.Name,
            NewName = made.Name,
            Provider = keeper.Name,
            Action = NodepoolMoveAction.Unchanged,
            NewNodepool = made,
            Steps = _log.Steps,
            StartedAt = _time.GetUtcNow(),
            Reason = $"{request.Name} is gone, and {made.Name} says that it replaces it.",
        };
    }

    private Nodepool? Replacing(Nodepool old, IReadOnlyList<Nodepool> pools)
    {
        var mark = MoveMark.Of(old);
        // One that has lost what its keeper knew it by is known by its name alone.
        var all = pools.Where(pool => MoveMark.On(pool) is { } own && (own == mark || (old.Id is null && own.Name == old.Name))).ToList();
        var found = all.Count > 1 ? all.FirstOrDefault(pool => pool.Name == request.NewName) ?? throw new UpgradeException(MoveFailures.Several(old, all)) : all.FirstOrDefault();
        if (found is not null && request.NewName is { } asked && asked != found.Name)
            host.Warning($"{found.Name} replaces {old.Name} already: the move carries on with it, and no pool {asked} is made.");
        return found;
    }

    private string NewName(Nodepool old, IReadOnlyList<Nodepool> pools)
    {
        if (request.NewName is not { } asked)
            return MoveNames.Next(old.Name, pools.Select(pool => pool.Name).ToHashSet(StringComparer.Ordinal));
        return pools.FirstOrDefault(pool => pool.Name == asked) is { } taken ? throw new UpgradeException(MoveFailures.NameTaken(cluster.Context.Name, taken, old)) : asked;
    }

    private IReadOnlyList<string> Differences(Nodepool made) => made.Shape is { } shape ? ShapeDifferences.Of(request.Shape, shape) : [];

    // What stands against it whatever comes: pods that the new nodes will not take either, by the labels and taints that are
    // known of them. Room is not looked at: it may come.
    private Failure? Foreseen(Nodepool old, string name, NodepoolDrainPlan plan)
    {
        var none = plan.Pods.Where(pod => pod.Place == PodPlace.None && !pod.LacksRoomOnly).ToList();
        return plan.Failure ?? (none.Count > 0 && !request.AllowPending ? MoveFailures.Homeless(old, name, none) : null);
    }

    // A pod that no node of this kind takes waits for ever. One that is short of room gets it where the new pool may grow: an
    // autoscaler adds a node as soon as the pod waits.
    private Failure? Homeless(Nodepool old, Nodepool made, NodepoolDrainPlan plan)
    {
        var none = plan.Pods.Where(pod => pod.Place == PodPlace.None).ToList();
        if (none.Count == 0)
            return null;
        var mayGrow = made.MaxSize > made.DesiredSize;
        var refused = none.Where(pod => !(pod.LacksRoomOnly && mayGrow)).ToList();
        if (refused.Count > 0 && !request.AllowPending)
            return MoveFailures.Homeless(old, made.Name, refused);
        host.Warning(string.Create(CultureInfo.InvariantCulture, $"{none.Count} pods of {old.Name} find no place on the nodes that are there now: {NameList.Some([.. none.Select(pod => pod.ToString())])}. They wait until a node comes."));
        return null;
    }

    private void Begin(NodepoolMoveStepName step, string doing)
    {
        _log.Begin(step);
        host.Verbose($"{request.Name}: {doing}.");
        host.Progress(new ProgressReport { Activity = _activity, Status = string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(doing[0])}{doing[1..]}, since {_time.GetUtcNow():HH:mm:ss} UTC"), Done = (int)step, Total = _log.Steps.Count });
    }

    private NodepoolMove Failed(NodepoolMove move, Failure failure)
    {
        _log.End(NodepoolMoveStepState.Failed, failure.Message);
        return move with { Action = NodepoolMoveAction.Failed, Failure = failure };
    }
}
