using System.Globalization;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>
/// Sets the limit of a master, or puts back what was before. What was before is kept on the KubermaticConfiguration itself,
/// written together with the limit, so that it is there also after a kill; a second change keeps the first. Only the
/// configuration as it was looked at is changed.
/// </summary>
public sealed class ReconcileLimitChanger : IAsyncDisposable
{
    private readonly ClusterConnection _master;
    private readonly ReconcileLimitChange _change;
    private readonly IReporter _reporter;
    private readonly TimeProvider _time;
    private readonly LimitSurvey _survey;
    private FoundLimit _found;

    private ReconcileLimitChanger(ClusterConnection master, ReconcileLimitChange change, IReporter reporter, TimeProvider time, LimitSurvey survey, ReconcileLimit now)
    {
        _master = master;
        _change = change;
        _reporter = reporter;
        _time = time;
        _survey = survey;
        _found = survey.Configurations[0];
        Now = now;
    }

    /// <summary>The limit as it was looked at, with the load of its seeds.</summary>
    public ReconcileLimit Now { get; private set; }

    /// <summary>What would be done, in words: <c>10 → 2</c>; null where there is nothing to be done.</summary>
    public string? Words { get; private init; }

    /// <summary>Whether what is written is what KonUpgrade has set.</summary>
    internal bool IsOurs => _found.State.IsOurs;

    /// <summary>Looks at the master and its seeds. Nothing is written.</summary>
    /// <param name="master">The master.</param>
    /// <param name="options">Which configuration.</param>
    /// <param name="change">What is to become of its limit.</param>
    /// <param name="reporter">Told of what is surprising.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">
    /// LimitInvalid, IdentityUnknown, RoleUnknown, NotAMaster, ConfigurationNotFound, SeveralConfigurations, HoldStateDamaged,
    /// FieldManagerConflict, HeldOtherwise, LoadRemains, or the master can't be asked.
    /// </exception>
    public static async Task<ReconcileLimitChanger> PrepareAsync(
        ClusterConnection master, ReconcileLimitOptions options, ReconcileLimitChange change, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(master);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(change);
        if (change.Limit is < 1 and { } wanted)
            throw new UpgradeException(LimitFailures.AtLeastOne(wanted));
        (await master.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Require(master.Context.Name);
        var survey = await LimitSurvey.OpenAsync(master, options, reporter, cancellationToken).ConfigureAwait(false);
        try
        {
            var found = survey.Configurations[0];
            if (survey.Configurations.Count > 1)
                throw new UpgradeException(LimitFailures.Several(master.Context.Name, survey.Configurations.Select(one => one.Limit.ToString())));
            if (change.Uid is { } meant && found.Limit.Uid != meant)
                throw new UpgradeException(LimitFailures.Gone(found.Limit));
            var now = await survey.LoadAsync(found, cancellationToken).ConfigureAwait(false);
            Check(found, now, change, reporter);
            return new ReconcileLimitChanger(master, change, reporter, options.Connection.Time, survey, now) { Words = WordsOf(found.State, change) };
        }
        catch
        {
            await survey.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes what is to be written; nothing where that is nothing.</summary>
    /// <exception cref="UpgradeException">ConfigurationNotFound, or the master refuses it.</exception>
    public async Task<ReconcileLimit> RunAsync(CancellationToken cancellationToken)
    {
        if (Words is null)
            return Now = Now with { Action = ReconcileLimitAction.Unchanged, Reason = WhyNothing() };
        var options = new WorkloadOptions
        {
            Resume = _change.Limit is null,
            Means = [LimitField.Means(_change.Limit ?? _found.Limit.Limit)],
            Objects = [new WorkloadName(KubermaticRole.Group, _found.Resource.Kind, Now.Namespace, Now.Name) { Uid = Now.Uid }],
            // It holds the keys of the login, which a webhook may quote.
            IsSensitive = static (_, _) => true,
        };
        // What it tells is of workloads; what matters is told here.
        var changer = new WorkloadChanger(_master, options, NullReporter.Instance);
        WorkloadChange? done = null;
        await foreach (var one in changer.RunAsync(cancellationToken).ConfigureAwait(false))
            done = one;
        if (done?.Failure is { } failure)
            throw new UpgradeException(failure);
        if (done is null or { Action: WorkloadChangeAction.Skipped } || await _survey.LookAgainAsync(_found, cancellationToken).ConfigureAwait(false) is not { } found)
            throw new UpgradeException(LimitFailures.Gone(Now));
        var action = ActionOf(_found.State, found.State, done);
        if (done.Reason is { } reason && _change.Limit is null)
            _reporter.Warning($"{Now} of {Now.Context}: {reason}");
        _reporter.Information($"The limit of {Now} on {Now.Context}: {LimitField.Text(_found.State.Configured)} → {LimitField.Text(found.State.Configured)}.");
        _found = found;
        return Now = found.Limit with
        {
            Seeds = [.. Now.Seeds.Select(seed => seed with { Limit = found.Limit.Limit })],
            Action = action,
            Reason = done.Action == WorkloadChangeAction.Unchanged ? null : done.Reason,
            Managed = Now.Managed,
        };
    }

    /// <summary>Waits until the controller of every seed that can be reached runs with the limit, or the time is over.</summary>
    /// <param name="timeout">How long; null for 15 minutes.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The limit with the seeds as they are then, and what is not as it is to be; null where nothing is not.</returns>
    public async Task<(ReconcileLimit Limit, Failure? Failure)> WaitAsync(TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        var seeds = _survey.SeedsOf(_found);
        foreach (var left in Now.Seeds.Where(seed => seed.IsLeftAlone))
            _reporter.Warning($"{left.Seed}: the operator leaves it alone (kubermatic.k8c.io/skip-reconciling): its controller keeps the limit that it has, and is not waited for.");
        var loads = await Task.WhenAll(Now.Seeds.Select((load, i) => FollowAsync(load, seeds[i], timeout ?? TimeSpan.FromMinutes(15), cancellationToken))).ConfigureAwait(false);
        Now = Now with { Seeds = loads };
        var isDone = loads.All(load => load.Failure is not null || load.IsLeftAlone || (load.IsRolledOut == true && load.ControllerLimit == Now.Limit));
        return (Now, isDone ? null : LimitFailures.NotRolledOut(Now, Rounded(_time.GetElapsedTime(begun))));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _survey.DisposeAsync();

    private static void Check(FoundLimit found, ReconcileLimit now, ReconcileLimitChange change, IReporter reporter)
    {
        var isChanged = WordsOf(found.State, change) is not null;
        LimitWarnings.Tell(now with { Seeds = [.. now.Seeds.Select(seed => seed with { Limit = isChanged && change.Limit is { } next ? next : seed.Limit })] }, reporter);
        if (!isChanged)
            return;
        if (change.Limit is not { } limit)
        {
            if (found.State.HeldBeside.Count > 0)
                throw new UpgradeException(LimitFailures.HeldBeside(now, found.State.HeldBeside));
            if (!now.IsSettled && ReconcileLimit.Effective(found.State.Before) > now.Limit && !found.State.IsTaken)
            {
                if (!change.Force)
                    throw new UpgradeException(LimitFailures.LoadRemains(now));
                reporter.Warning($"{LimitFailures.LoadRemains(now).Message} It is put back all the same.");
            }
            return;
        }
        if (found.State.Appliers is { Count: > 0 } applied && !change.ForceConflict)
            throw new UpgradeException(LimitFailures.Applied(now, applied));
        if (found.State.IsTaken)
            reporter.Warning($"{now} of {now.Context}: somebody else has set the limit to {LimitField.Text(found.State.Configured)} since it was set to {LimitField.Text(found.State.Set)}. That is what a reset puts back from now on, and no longer {LimitField.Text(found.State.Before)}.");
        if (found.IsOfFile)
            reporter.Warning($"{now} of {now.Context} was applied with kubectl from a file that has a limit: the next apply writes that again. Change it there too.");
        if (limit > now.Limit && !now.IsSettled)
            reporter.Warning(string.Create(CultureInfo.InvariantCulture, $"{now} of {now.Context}: the limit is raised while {now.RemainingLoad} clusters are left to be reconciled{(now.Complete ? "" : ", and some seeds could not be read")}."));
    }

    private static string? WordsOf(LimitState state, ReconcileLimitChange change)
    {
        if (change.Limit is not { } limit)
            return !state.IsKept ? null : state.IsTaken ? $"{LimitField.Text(state.Configured)}, which somebody else has set, stays" : $"{LimitField.Text(state.Configured)} → {LimitField.Text(state.Before)}";
        if (change.LeaveLower && state.Limit < limit)
            return null;
        // What holds by default needs no number of ours.
        if (state.Limit == limit && (!state.IsKept || state.Configured == state.Set))
            return null;
        return $"{LimitField.Text(state.Configured)} → {LimitField.Text(limit)}";
    }

    private string WhyNothing() => _change.Limit is null
        ? $"Nothing is kept: KonUpgrade has not changed the limit, or has put it back. It is {LimitField.Text(Now.Configured)}."
        : $"It is {LimitField.Text(Now.Configured)} already.";

    private ReconcileLimitAction ActionOf(LimitState before, LimitState after, WorkloadChange done)
    {
        if (_change.Limit is null)
            return before.IsTaken || after.Configured != before.Before ? ReconcileLimitAction.Left : ReconcileLimitAction.Reset;
        if (done.Action == WorkloadChangeAction.Unchanged || after.Limit == before.Limit)
            return ReconcileLimitAction.Unchanged;
        return after.Limit < before.Limit ? ReconcileLimitAction.Lowered : ReconcileLimitAction.Raised;
    }

    private async Task<SeedReconcileLoad> FollowAsync(SeedReconcileLoad load, SeedCluster seed, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (load.Failure is not null || load.IsLeftAlone || seed.Connection is not { } connection)
            return load;
        var activity = $"Waiting for {SeedController.Name} of {load.Seed}";
        SeedController? controller = null;
        try
        {
            var follower = new ObjectFollower(connection.Client, _reporter, _time);
            await follower.FollowAsync(CoreResources.Deployments, seed.Seed.Namespace, SeedController.Name, Look, timeout, cancellationToken).ConfigureAwait(false);
            return load with { ControllerLimit = controller?.Limit, IsRolledOut = controller?.IsRolledOut ?? false };
        }
        catch (UpgradeException e)
        {
            _reporter.Warning($"{load.Seed}: whether its controller runs with the limit can't be told: {e.Failure.Message}");
            return load with { ControllerLimit = null, IsRolledOut = null };
        }
        finally
        {
            _reporter.Progress(new ProgressReport { Activity = activity, Completed = true });
        }

        bool Look(KubernetesObject? deployment)
        {
            controller = deployment is null ? null : SeedController.Read(deployment);
            _reporter.Progress(new ProgressReport { Activity = activity, Status = controller is null ? "it is not there" : controller.Limit == Now.Limit ? "its Pods are renewed" : "the operator has not written the limit yet" });
            return controller is { IsRolledOut: true } && controller.Limit == Now.Limit;
        }
    }

    private static TimeSpan Rounded(TimeSpan time) => TimeSpan.FromSeconds(Math.Ceiling(time.TotalSeconds));
}
