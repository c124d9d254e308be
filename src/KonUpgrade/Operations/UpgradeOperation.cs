using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Upgrades;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Begins an upgrade, goes on with it, takes it back or looks at it: opens, asks once, lets the engine work, and tells how it ended.</summary>
internal static class UpgradeOperation
{
    private delegate Task<BlueGreenUpgrade> Work(UpgradeSession session, Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken);

    /// <summary>Begins the upgrade of a plan, or goes on with it. With -WhatIf, gives its steps with what each would do.</summary>
    public static async IAsyncEnumerable<object> InvokeAsync(
        UpgradePlan given, UpgradeRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var plan = PlanFile.Check(given);
        var system = await request.CheckAsync(plan, forward: true, host, cancellationToken).ConfigureAwait(false);
        var journal = await request.Journal.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (journal.ConfigureAwait(false))
        {
            // The same command carries on: where the upgrade has been begun, this is a resume of it.
            var begun = await UpgradeRun.LookAheadAsync(journal.Place, plan, request.Options, cancellationToken).ConfigureAwait(false);
            var way = ForwardAsync(
                begun, plan, system, request, journal.Place, () => UpgradeRun.BeginAsync(plan, journal.Place, TimeProvider.System, host, cancellationToken), host, cancellationToken);
            await foreach (var made in way.ConfigureAwait(false))
                yield return made;
        }
    }

    /// <summary>Goes on with an upgrade. With -WhatIf, gives the steps that are left with what each would do.</summary>
    public static async IAsyncEnumerable<object> ResumeAsync(
        UpgradeRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var journal = await request.Journal.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (journal.ConfigureAwait(false))
        {
            var begun = await UpgradeRun.LookAheadAsync(journal.Place, request.Options, undoes: false, cancellationToken).ConfigureAwait(false);
            var system = await CheckAsync(begun.Plan, request, forward: true, host, cancellationToken).ConfigureAwait(false);
            var way = ForwardAsync(
                begun, begun.Plan, system, request, journal.Place, () => UpgradeRun.OpenAsync(journal.Place, TimeProvider.System, host, cancellationToken), host, cancellationToken);
            await foreach (var made in way.ConfigureAwait(false))
                yield return made;
        }
    }

    /// <summary>Takes an upgrade back. With -WhatIf, gives the steps that would be taken back with how.</summary>
    public static async IAsyncEnumerable<object> UndoAsync(
        UpgradeRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var journal = await request.Journal.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (journal.ConfigureAwait(false))
        {
            var begun = await UpgradeRun.LookAheadAsync(journal.Place, request.Options, undoes: true, cancellationToken).ConfigureAwait(false);
            var system = await CheckAsync(begun.Plan, request, forward: false, host, cancellationToken).ConfigureAwait(false);
            if (begun.IsTakenBack)
            {
                host.Warning($"{begun.Plan.Name} has been taken back already: nothing is left to be done.");
                yield return begun.Upgrade;
                yield break;
            }

            TellLeft(begun, host);
            var (target, action) = Question(begun, begun.Plan);
            var answer = request.RemoveImported
                ? await host.AskToRemoveAsync(target, action, cancellationToken).ConfigureAwait(false)
                : await host.AskToProcessAsync(target, action, cancellationToken).ConfigureAwait(false);
            if (answer == ProcessAnswer.WhatIf)
            {
                foreach (var step in begun.Steps)
                    yield return step with { Result = step.Undo };
            }

            if (answer != ProcessAnswer.Yes)
                yield break;
            var run = await UpgradeRun.OpenAsync(journal.Place, TimeProvider.System, host, cancellationToken).ConfigureAwait(false);
            await using (run.ConfigureAwait(false))
            {
                await foreach (var made in DriveAsync(run, system, request, (session, finished, token) => run.UndoAsync(session, request.Options, finished, token), host, cancellationToken).ConfigureAwait(false))
                {
                    yield return made;
                    if (made is BlueGreenUpgrade { State: BlueGreenUpgradeState.UndoFailed } ended)
                        host.Error(Failed("UpgradeUndoFailed", ended with { Cause = null }), target: ended);
                }
            }
        }
    }

    /// <summary>Looks at the upgrade of a journal's file.</summary>
    public static async IAsyncEnumerable<BlueGreenUpgrade> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await UpgradeRun.ReadAsync(UpgradeJournal.InFile(path), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at the upgrades whose journals a cluster keeps. One that can't be read does not keep the others from it.</summary>
    public static async IAsyncEnumerable<BlueGreenUpgrade> ListAsync(
        ClusterRequest request, IReadOnlyList<NamePattern> names, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cluster = await request.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            var known = await UpgradeRun.NamesAsync(cluster, cancellationToken).ConfigureAwait(false);
            foreach (var name in names.Where(name => !name.IsWild && !known.Any(name.Matches)))
                host.Error(NoJournal(name.Text, cluster.Context.Name));
            foreach (var name in known.Where(name => names.Count == 0 || names.Any(pattern => pattern.Matches(name))))
            {
                BlueGreenUpgrade? upgrade = null;
                try
                {
                    upgrade = await UpgradeRun.ReadAsync(UpgradeJournal.InCluster(cluster, name), cancellationToken).ConfigureAwait(false);
                }
                catch (UpgradeException exception)
                {
                    host.Error(exception.Failure, exception);
                }

                if (upgrade is not null)
                    yield return upgrade;
            }
        }
    }

    private static async Task<SystemDefinition> CheckAsync(UpgradePlan plan, UpgradeRequest request, bool forward, IPipelineHost host, CancellationToken cancellationToken)
    {
        // A journal's name may be another upgrade's by now.
        if (request.Meant is { } meant && (meant.Name, meant.Blue.ClusterUid, meant.Green?.ClusterUid) != (plan.Name, plan.Blue.ClusterUid, plan.Green?.ClusterUid))
            throw new UpgradeException(OtherUpgrade(meant, plan));
        return await request.CheckAsync(plan, forward, host, cancellationToken).ConfigureAwait(false);
    }

    // What is asked, in the words of what would be done.
    private static (string Target, string Action) Question(UpgradeOutlook? begun, UpgradePlan plan) => ((plan.Green ?? plan.Blue).Context, begun switch
    {
        null => string.Create(CultureInfo.InvariantCulture, $"Upgrade {Way(plan)}: {Steps(plan.Steps.Count)}"),
        { GoesBack: true } => string.Create(
            CultureInfo.InvariantCulture,
            $"Take back the upgrade of {Way(plan)}: {Steps(begun.Steps.Count)}{(begun.RemovesImported ? ", and delete what it created" : "")}"),
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"Go on with the upgrade of {Way(plan)}: {begun.Steps.Count} of {Steps(plan.Steps.Count)} left"),
    });

    private static string Way(UpgradePlan plan) => plan.Green is { } green
        ? $"{plan.Blue.Context} to {green.Context}"
        : $"{plan.Blue.Context} in place{(plan.TargetVersion is { } version ? $" to {plan.System} {version}" : "")}";

    private static string Steps(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "step" : "steps")}");

    private static async IAsyncEnumerable<object> PreviewAsync(
        UpgradeOutlook? begun, UpgradePlan plan, SystemDefinition system, UpgradeRequest request, UpgradeJournal place, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (begun is { GoesBack: true })
        {
            TellLeft(begun, host);
            foreach (var step in begun.Steps)
                yield return step with { Result = step.Undo };
            yield break;
        }

        var session = await OpenAsync(plan, system, request, null, host, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            UpgradeStep? first = null;
            var steps = begun is null ? UpgradePreview.RunAsync(plan, session.Session, cancellationToken) : UpgradePreview.RunAsync(place, session.Session, cancellationToken);
            await foreach (var step in steps.ConfigureAwait(false))
            {
                if (step.Failure is not null)
                    first ??= step;
                yield return step;
            }

            if (first is not null)
                host.Error(WouldFail(plan, first), target: first);
        }
    }

    // Asks, and runs the upgrade or shows what would be done.
    private static async IAsyncEnumerable<object> ForwardAsync(
        UpgradeOutlook? begun, UpgradePlan plan, SystemDefinition system, UpgradeRequest request, UpgradeJournal place, Func<Task<UpgradeRun>> open, IPipelineHost host,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (target, action) = Question(begun, plan);
        var answer = await host.AskToProcessAsync(target, action, cancellationToken).ConfigureAwait(false);
        if (answer == ProcessAnswer.WhatIf)
        {
            await foreach (var step in PreviewAsync(begun, plan, system, request, place, host, cancellationToken).ConfigureAwait(false))
                yield return step;
        }

        if (answer != ProcessAnswer.Yes)
            yield break;
        var run = await open().ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            await foreach (var made in DriveAsync(run, system, request, (session, finished, token) => run.RunAsync(session, request.Options, finished, token), host, cancellationToken).ConfigureAwait(false))
            {
                yield return made;
                if (made is BlueGreenUpgrade ended && (run.IsUndo || ended.Failure is not null))
                    host.Error(Failed("UpgradeFailed", ended), target: ended);
            }
        }
    }

    private static async IAsyncEnumerable<object> DriveAsync(
        UpgradeRun run, SystemDefinition system, UpgradeRequest request, Work work, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(run.Plan, system, request, run.Guard, host, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            JournalRequest.MakeWorkPath(opened.Session.WorkPath, request.HasTemporaryFiles);
            var steps = Channel.CreateBounded<UpgradeStep>(16);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var token = stop.Token;
            var working = Task.Run(
                async () =>
                {
                    try
                    {
                        return await work(opened.Session, step => request.Steps ? steps.Writer.WriteAsync(step, token) : ValueTask.CompletedTask, token).ConfigureAwait(false);
                    }
                    finally
                    {
                        steps.Writer.TryComplete();
                    }
                },
                CancellationToken.None);
            try
            {
                await foreach (var step in steps.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
                    yield return step;
                var upgrade = await working.ConfigureAwait(false);
                Tell(upgrade, host);
                yield return upgrade;
            }
            finally
            {
                // Whoever reads no further has had enough: nothing is changed behind his back.
                await stop.CancelAsync().ConfigureAwait(false);
                await ((Task)working).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static async Task<OpenedSession> OpenAsync(
        UpgradePlan plan, SystemDefinition system, UpgradeRequest request, Action? beforeChange, IPipelineHost host, CancellationToken cancellationToken)
    {
        var opened = new OpenedSession();
        try
        {
            var sealing = opened.Keep(request.Certificates?.Sealing());
            var opening = opened.Keep(request.Certificates?.Opening());
            opened.Session = new UpgradeSession
            {
                Blue = opened.Keep(await request.OpenAsync(plan.Blue, beforeChange, host, cancellationToken).ConfigureAwait(false)),
                Green = plan.Green is { } green ? opened.Keep(await request.OpenAsync(green, beforeChange, host, cancellationToken).ConfigureAwait(false)) : null,
                System = system,
                WorkPath = request.WorkPath ?? request.Journal.WorkPath(plan),
                Host = new UpgradeHost(host, request.GateScripts, request.Probes),
                Aws = request.Aws?.Options() ?? new(),
                Guard = beforeChange ?? (static () => { }),
                Sealing = sealing,
                Opening = opening,
                ThrottleLimit = request.ThrottleLimit,
            };
            return opened;
        }
        catch
        {
            await opened.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static void TellLeft(UpgradeOutlook begun, IPipelineHost host)
    {
        foreach (var left in begun.Left)
            host.Warning($"{begun.Plan.Name}: not taken back: {left}");
    }

    private static void Tell(BlueGreenUpgrade upgrade, IPipelineHost host)
    {
        host.Information(string.Create(
            CultureInfo.InvariantCulture,
            $"{upgrade.Name}: {upgrade.State}, {upgrade.Steps.Count(step => step.State == UpgradeStepState.Completed)} of {upgrade.Steps.Count} steps are done."));
        if (upgrade.State is not (BlueGreenUpgradeState.AwaitingApproval or BlueGreenUpgradeState.Stopped))
            return;
        foreach (var step in upgrade.Steps.Where(step => upgrade.State == BlueGreenUpgradeState.AwaitingApproval && step.State == UpgradeStepState.AwaitingApproval))
            host.Warning($"{upgrade.Name}: {step.Id}: {step.Result}");
        host.Warning($"{upgrade.Name}: {upgrade.Reason}");
    }

    // Where an upgrade failed and could not be taken back either, both are told; what is to be done now is the latter's.
    private static Failure Failed(string id, BlueGreenUpgrade upgrade) => new()
    {
        Id = id,
        Kind = (upgrade.Cause ?? upgrade.Failure)?.Kind ?? FailureKind.Incomplete,
        Message = string.Join(' ', ((string?[])(upgrade switch
        {
            { State: BlueGreenUpgradeState.Undone } => [$"{upgrade.Name} failed, and was taken back.", upgrade.Cause?.Message],
            { Cause: { } cause } => [$"{upgrade.Name} failed: {cause.Message}", $"It is not taken back wholly: {upgrade.Reason}", upgrade.Failure?.Message],
            { State: BlueGreenUpgradeState.Failed or BlueGreenUpgradeState.UndoFailed } => [$"{upgrade.Name}: {upgrade.Reason}", upgrade.Failure?.Message],
            _ => [$"{upgrade.Name} failed, and is not taken back wholly: {upgrade.Reason}"],
        })).OfType<string>()),
        Recommendation = (upgrade.Failure ?? upgrade.Cause)?.Recommendation,
        Target = upgrade.Name,
    };

    private static Failure WouldFail(UpgradePlan plan, UpgradeStep first) => new()
    {
        Id = "UpgradeWouldFail",
        Kind = first.Failure!.Kind,
        Message = $"{plan.Name} would fail at the step '{first.Id}': {first.Failure.Message}",
        Recommendation = first.Failure.Recommendation,
        Target = first.Id,
    };

    private static Failure NoJournal(string name, string cluster) => new()
    {
        Id = "JournalNotFound",
        Kind = FailureKind.NotFound,
        Message = $"{cluster} keeps no journal of an upgrade '{name}'.",
        Recommendation = "Leave -Name away: all that are there are shown.",
        Target = name,
    };

    private static Failure OtherUpgrade(BlueGreenUpgrade meant, UpgradePlan plan) => new()
    {
        Id = "OtherUpgrade",
        Kind = FailureKind.Refused,
        Message = $"The journal is of another upgrade than the one that came in: it has {plan.Name}, of {Way(plan)}, and {meant.Name} of other clusters is meant. Nothing was changed.",
        Recommendation = "Name the journal that is meant with -JournalPath or -JournalCluster.",
        Target = meant.Name,
    };
}
