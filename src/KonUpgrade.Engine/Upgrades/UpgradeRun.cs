using System.Text.Json.Nodes;
using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Upgrades.Steps;
using KonUpgrade.Engine.Upgrades.Steps.Checks;
using KonUpgrade.Engine.Upgrades.Steps.Reconciling;
using KonUpgrade.Engine.Upgrades.Steps.State;
using KonUpgrade.Engine.Upgrades.Steps.Traffic;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades;

/// <summary>An upgrade with its journal at hand: begun, gone on with, or taken back. One process at a time has it.</summary>
public sealed class UpgradeRun : IAsyncDisposable
{
    private readonly Journal _journal;
    private readonly UpgradeProgress _progress;
    private readonly IReporter _reporter;

    private UpgradeRun(Journal journal, IReporter reporter)
    {
        _journal = journal;
        _progress = UpgradeProgress.Of(journal);
        _reporter = reporter;
        if (journal.WasCutOff)
            reporter.Verbose($"The last line of {journal.Store.Name} was cut off; it is dropped.");
    }

    /// <summary>The upgrade as the journal tells it.</summary>
    public BlueGreenUpgrade Current => _progress.ToModel(_journal.Store);

    /// <summary>Whether it is being taken back, or has been.</summary>
    public bool IsUndo => _progress.IsUndo;

    /// <summary>Its plan.</summary>
    public UpgradePlan Plan => _progress.Plan;

    /// <summary>Cancelled when nothing may be changed any more: the journal can't be written, or another process has taken it over.</summary>
    public CancellationToken Gone => _journal.Gone;

    /// <summary>To be called before every change of a cluster (<see cref="Connections.ConnectionOptions.BeforeChange"/>).</summary>
    /// <exception cref="UpgradeException">JournalTakenOver.</exception>
    public void Guard() => _journal.Store.Guard();

    /// <summary>Begins an upgrade: its journal gets its first line, and nothing else is done.</summary>
    /// <remarks>Where the journal has the upgrade of the same plan already, it is gone on with: the same command carries on.</remarks>
    /// <exception cref="UpgradeException">OtherPlan: the journal has the upgrade of another plan; JournalBusy; or it can't be written.</exception>
    public static async Task<UpgradeRun> BeginAsync(UpgradePlan plan, UpgradeJournal place, TimeProvider time, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (PlanCheck.Of(plan.Steps, plan.Way) is { } problem)
            throw new UpgradeException(Wrong(plan, problem));
        var journal = await Journal.OpenAsync(await StoreAsync(place, create: true, time, reporter, cancellationToken).ConfigureAwait(false), time, writes: true, cancellationToken).ConfigureAwait(false);
        try
        {
            if (journal.Records.Count > 0)
            {
                var begun = UpgradeProgress.Of(journal).Plan;
                if (!PlanJson.IsSame(begun, plan))
                    throw new UpgradeException(JournalFailures.OtherPlan(journal.Store.Name, begun.Name, plan.Name, PlanJson.Differences(begun, plan)));
                reporter.Information($"{journal.Store.Name} has the upgrade {plan.Name} already: it is gone on with.");
                return new UpgradeRun(journal, reporter);
            }

            await journal.AppendAsync(JournalEvent.Begun, data: new JsonObject { ["format"] = Journal.Format, ["id"] = Guid.NewGuid().ToString("N")[..12], ["plan"] = PlanJson.Of(plan) }).ConfigureAwait(false);
            return new UpgradeRun(journal, reporter);
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes up an upgrade that has been begun.</summary>
    /// <exception cref="UpgradeException">JournalNotFound, JournalBusy, JournalEdited, NotAJournal, UnknownFormat.</exception>
    public static async Task<UpgradeRun> OpenAsync(UpgradeJournal place, TimeProvider time, IReporter reporter, CancellationToken cancellationToken)
    {
        var journal = await Journal.OpenAsync(await StoreAsync(place, create: false, time, reporter, cancellationToken).ConfigureAwait(false), time, writes: true, cancellationToken).ConfigureAwait(false);
        try
        {
            return journal.Records.Count > 0 ? new UpgradeRun(journal, reporter) : throw new UpgradeException(JournalFailures.NotFound(journal.Store.Name));
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Looks at an upgrade; another process may be running it.</summary>
    /// <exception cref="UpgradeException">JournalNotFound, JournalEdited, NotAJournal, UnknownFormat.</exception>
    public static async Task<BlueGreenUpgrade> ReadAsync(UpgradeJournal place, CancellationToken cancellationToken)
    {
        var (progress, store, _) = await LookAsync(place, cancellationToken).ConfigureAwait(false);
        return progress.ToModel(store);
    }

    internal static async Task<(UpgradeProgress Progress, IJournalStore Store, IReadOnlyList<JournalRecord> Lines)> LookAsync(UpgradeJournal place, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        IJournalStore store = place.Path is { } path ? FileJournalStore.OpenRead(path) : ClusterJournalStore.OpenRead(place.Cluster!, place.Upgrade!, TimeProvider.System);
        var journal = await Journal.OpenAsync(store, TimeProvider.System, writes: false, cancellationToken).ConfigureAwait(false);
        await using (journal.ConfigureAwait(false))
        {
            if (journal.Records.Count == 0)
                throw new UpgradeException(JournalFailures.NotFound(store.Name));
            return (UpgradeProgress.Of(journal), store, journal.Records);
        }
    }

    /// <summary>The plan of an upgrade, its steps as they stand; another process may be running it.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<UpgradePlan> ReadPlanAsync(UpgradeJournal place, CancellationToken cancellationToken)
    {
        var (progress, _, _) = await LookAsync(place, cancellationToken).ConfigureAwait(false);
        return progress.Plan with { Steps = progress.Steps };
    }

    /// <summary>The names of the upgrades whose journals a cluster keeps.</summary>
    public static Task<IReadOnlyList<string>> NamesAsync(Connections.ClusterConnection cluster, CancellationToken cancellationToken) => ClusterJournalStore.NamesAsync(cluster, cancellationToken);

    /// <summary>What a run with a plan would go on with; null where the journal is not there, so that it would begin.</summary>
    /// <exception cref="UpgradeException">OtherPlan, UpgradeUndone; or what <see cref="ReadAsync"/> says.</exception>
    public static async Task<UpgradeOutlook?> LookAheadAsync(UpgradeJournal place, UpgradePlan plan, UpgradeRunOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(plan);
        UpgradeOutlook begun;
        try
        {
            begun = await LookAheadAsync(place, options, undoes: false, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e) when (e.Failure.Id == JournalFailures.NotFoundId)
        {
            return null;
        }

        return PlanJson.IsSame(begun.Plan, plan) ? begun : throw new UpgradeException(JournalFailures.OtherPlan(place.ToString(), begun.Plan.Name, plan.Name, PlanJson.Differences(begun.Plan, plan)));
    }

    /// <summary>What the next run of an upgrade would do, without doing it; another process may be running it.</summary>
    /// <param name="place">Its journal.</param>
    /// <param name="options">How it would be run.</param>
    /// <param name="undoes">Whether it would be taken back.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">UpgradeUndone: it would be refused; or what <see cref="ReadAsync"/> says.</exception>
    public static async Task<UpgradeOutlook> LookAheadAsync(UpgradeJournal place, UpgradeRunOptions options, bool undoes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (progress, store, _) = await LookAsync(place, cancellationToken).ConfigureAwait(false);
        var back = undoes || progress.GoesBack(options.OnFailure);
        if (!back && progress.IsUndo)
            throw new UpgradeException(Undone(progress.Plan.Name));
        var works = Works();
        return new UpgradeOutlook
        {
            Upgrade = progress.ToModel(store),
            Plan = progress.Plan with { Steps = progress.Steps },
            GoesBack = back,
            RemovesImported = back && (options.RemoveImported || progress.RemovesImported),
            Steps = back ? progress.ToTakeBack(works, options.RemoveImported) : [.. progress.Steps.Where(step => step.State != UpgradeStepState.Completed)],
            Left = back ? LeftByUndo(progress, works, options.RemoveImported) : [],
        };
    }

    /// <summary>
    /// Goes on with the upgrade until it is complete, fails, waits for a word or is stopped. Where what fails is to be taken
    /// back, that is done, also by a later run where this one does not come to it.
    /// </summary>
    /// <param name="session">What it runs with.</param>
    /// <param name="options">How.</param>
    /// <param name="finished">Told each step when it has ended.</param>
    /// <param name="cancellationToken">Stops at a safe point.</param>
    /// <exception cref="UpgradeException">OtherCluster, UnknownStep, RightsMissing, UpgradeUndone: nothing was begun; or the journal is gone.</exception>
    public async Task<BlueGreenUpgrade> RunAsync(UpgradeSession session, UpgradeRunOptions options, Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(options);
        if (_progress.GoesBack(options.OnFailure))
        {
            session.Host.Warning(_progress.IsUndo
                ? $"{Plan.Name}: an undo of it was begun; it is gone on with, as -OnFailure says."
                : $"{Plan.Name}: {_progress.Cause?.Message} It is taken back, as -OnFailure said then and says now.");
            return await TakeBackAsync(session, options, TimeSpan.Zero, finished, cancellationToken).ConfigureAwait(false);
        }

        var begun = session.Time.GetTimestamp();
        await ForwardAsync(session, options, finished, cancellationToken).ConfigureAwait(false);
        if (_progress.State != BlueGreenUpgradeState.Failed || options.OnFailure != UpgradeFailureAction.Undo)
            return Current;
        session.Host.Warning($"{Plan.Name}: {Current.Failure?.Message} It is taken back, as -OnFailure says.");
        return await TakeBackAsync(session, options, session.Time.GetElapsedTime(begun), finished, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes back what was done, the latest first.</summary>
    /// <inheritdoc cref="RunAsync"/>
    /// <exception cref="UpgradeException">OtherCluster, or blue does not answer: nothing was begun.</exception>
    public async Task<BlueGreenUpgrade> UndoAsync(UpgradeSession session, UpgradeRunOptions options, Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        using var checks = new SideChecks(session, Plan, isUndo: true);
        var runner = Runner(session, options, checks);
        // Where blue can't work again, green must not be made to rest. Green may be what is broken.
        await checks.NeedAsync(UpgradeSide.Blue, cancellationToken).ConfigureAwait(false);
        await new UpgradeRights(session, Works()).CheckUndoAsync(_progress, options, checks, cancellationToken).ConfigureAwait(false);
        await runner.UndoAsync(finished, cancellationToken).ConfigureAwait(false);
        return Current;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    /// <summary>What is done for each kind of step.</summary>
    internal static StepWorks Works(SideChecks? checks = null)
    {
        IStepWork[] works =
        [
            new WaitForClusterWork(), new ExportConfigWork(), new ImportConfigWork(), new WorkloadWork(releases: true), new WorkloadWork(releases: false),
            new CompareConfigWork(), new CatchUpConfigWork(), new ExternalWork(),
            new TestReadinessWork(), new TestHealthWork(), new CompareHealthWork(), new SoakWork(),
            new TakeSnapshotWork(), new GrantRoleTrustWork(), new BackUpWithVeleroWork(), new RestoreWithVeleroWork(),
            new SwitchTrafficWork(), new AddTestHostWork(), new ExternalTrafficWork(), new WaitForVolumesWork(), new MakeNodepoolsWork(),
            new SetReconcileLimitWork(), new WaitForReconcileWork(), new ResetReconcileLimitWork(),
        ];
        return new StepWorks(checks is null ? works : works.Select(work => new CheckedWork(work, checks)));
    }

    private async Task ForwardAsync(UpgradeSession session, UpgradeRunOptions options, Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken)
    {
        using var checks = new SideChecks(session, Plan, isUndo: false);
        var runner = Runner(session, options, checks);
        if (_progress.IsUndo)
            throw new UpgradeException(Undone(Plan.Name));
        await checks.NeedAsync(UpgradeSide.Blue, cancellationToken).ConfigureAwait(false);
        var rights = new UpgradeRights(session, Works());
        try
        {
            await checks.NeedAllAsync(cancellationToken).ConfigureAwait(false);
            await rights.CheckAsync(_progress, options, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e) when (e.Failure.Kind is FailureKind.Unavailable or FailureKind.Timeout && WaitsForGreen(_progress))
        {
            _reporter.Information($"{session.Of(UpgradeSide.Green).Context.Name} does not answer yet; the plan waits for it. {e.Failure.Message}");
            checks.Deferred = token => rights.CheckAsync(_progress, options, token);
        }

        await runner.RunAsync(finished, cancellationToken).ConfigureAwait(false);
    }

    private async Task<BlueGreenUpgrade> TakeBackAsync(UpgradeSession session, UpgradeRunOptions options, TimeSpan used, Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken)
    {
        foreach (var left in LeftByUndo(_progress, Works(), options.RemoveImported))
            session.Host.Warning($"{Plan.Name}: not taken back: {left}");
        try
        {
            return await UndoAsync(session, options.ToUndo(used), finished, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e) when (_progress is { IsUndo: false, Cause: { } cause })
        {
            throw new UpgradeException(e.Failure with { Message = $"{Plan.Name} failed: {cause.Message} It is not taken back: {e.Failure.Message}" }, e);
        }
    }

    // What was taken back and is to be removed now is taken up once more.
    internal static IReadOnlyList<string> LeftByUndo(UpgradeProgress progress, StepWorks works, bool removeImported) =>
        [.. progress.ToTakeBack(works, removeImported).SelectMany(step => works.For(step).LeftByUndo(step, removeImported || progress.RemovesImported)).Distinct()];

    private static bool WaitsForGreen(UpgradeProgress progress) =>
        progress.Steps.Any(step => step is { Kind: StepKind.WaitForCluster, Target: UpgradeSide.Green } && step.State != UpgradeStepState.Completed);

    private UpgradeRunner Runner(UpgradeSession session, UpgradeRunOptions options, SideChecks checks)
    {
        ArgumentNullException.ThrowIfNull(options);
        var plan = Plan;
        foreach (var id in options.Gates.Concat(options.Approve).Where(id => !plan.Steps.Any(step => step.Id == id)))
            throw new UpgradeException(UpgradePlanner.UnknownStep(id, plan.Name, plan.Steps));
        StepLists.DropBegun(session.WorkPath, plan.Steps);
        return new UpgradeRunner(_journal, _progress, session, options, Works(checks));
    }

    private static async Task<IJournalStore> StoreAsync(UpgradeJournal place, bool create, TimeProvider time, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (place.Path is { } path)
            return place.Around(FileJournalStore.Open(path, create));
        var holder = $"{Environment.MachineName}_{Environment.ProcessId}_{Guid.NewGuid():N}";
        return place.Around(await ClusterJournalStore.OpenAsync(place.Cluster!, place.Upgrade!, holder, place.Wait, time, reporter, cancellationToken).ConfigureAwait(false));
    }

    private static Failure Wrong(UpgradePlan plan, PlanProblem problem) => new()
    {
        Id = "InvalidPlan",
        Kind = FailureKind.InvalidData,
        Message = $"The plan {plan.Name} does not hold: {problem.Reason}",
        Recommendation = "Correct the plan; Import-UpgradePlan tells the place in its file.",
        Target = problem.StepId,
    };

    private static Failure Undone(string name) => new()
    {
        Id = "UpgradeUndone",
        Kind = FailureKind.Refused,
        Message = $"{name} is being taken back, or has been: it is not gone on with.",
        Recommendation = "Undo-BlueGreenUpgrade ends what was begun; a new upgrade is begun with a journal of its own.",
        Target = name,
    };
}
