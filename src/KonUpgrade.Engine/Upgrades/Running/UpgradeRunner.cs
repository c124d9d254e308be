using System.Text.Json.Nodes;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>
/// Runs the steps of an upgrade, or takes them back: what does not wait for another step runs beside it, each is
/// journaled before it changes anything and after it has, and whatever ends a run leaves an upgrade that can be resumed.
/// </summary>
internal sealed class UpgradeRunner
{
    private readonly Journal _journal;
    private readonly UpgradeSession _session;
    private readonly UpgradeRunOptions _options;
    private readonly StepWorks _works;
    private readonly UpgradeProgress _progress;
    private readonly string _activity;
    private volatile bool _failed;

    public UpgradeRunner(Journal journal, UpgradeProgress progress, UpgradeSession session, UpgradeRunOptions options, StepWorks works)
    {
        _journal = journal;
        _session = session;
        _options = options;
        _works = works;
        _progress = progress;
        _activity = StepReporter.ActivityOf(_progress.Plan);
    }

    /// <summary>How far the upgrade is.</summary>
    public UpgradeProgress Progress => _progress;

    /// <summary>Runs what is left to be done.</summary>
    /// <param name="finished">Told each step when it has ended.</param>
    /// <param name="cancellationToken">Stops at a safe point.</param>
    public Task RunAsync(Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken) =>
        GuardedAsync(token => ForwardAsync(finished, token), cancellationToken);

    /// <summary>Takes back what was done, the latest first.</summary>
    /// <param name="finished">Told each step when it has ended.</param>
    /// <param name="cancellationToken">Stops at a safe point.</param>
    public Task UndoAsync(Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken) =>
        GuardedAsync(token => BackAsync(finished, token), cancellationToken);

    // Whatever ends it, the journal tells, as long as it can be written.
    private async Task GuardedAsync(Func<CancellationToken, Task<(BlueGreenUpgradeState State, string? Reason)>> run, CancellationToken cancellationToken)
    {
        using var time = _options.MaxDuration is { } most ? new CancellationTokenSource(most, _session.Time) : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token, _journal.Gone);
        try
        {
            var started = new JsonObject { ["runner"] = _options.Runner };
            if (_options.OnFailure != UpgradeFailureAction.Stop)
                started["onFailure"] = _options.OnFailure.ToString();
            await AppendAsync(JournalEvent.RunStarted, data: started).ConfigureAwait(false);
            var (state, reason) = await run(stop.Token).ConfigureAwait(false);
            await EndAsync(state, reason).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_journal.Gone.IsCancellationRequested && _journal.Failure is { } failure)
        {
            throw new UpgradeException(failure.Failure, failure);
        }
        catch (OperationCanceledException) when (_journal.Gone.IsCancellationRequested)
        {
            throw new UpgradeException(JournalFailures.TakenOver(_journal.Store.Name));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            var why = time.IsCancellationRequested && !cancellationToken.IsCancellationRequested
                ? "The time for this run is over."
                : "It was stopped.";
            await EndAsync(BlueGreenUpgradeState.Stopped, $"{why} {(_progress.IsUndo ? "Undo" : "Resume")}-BlueGreenUpgrade goes on.").ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            _session.Host.Progress(new ProgressReport { Activity = _activity, Completed = true });
        }
    }

    private Task EndAsync(BlueGreenUpgradeState state, string? reason)
    {
        var data = new JsonObject { ["state"] = state.ToString() };
        if (reason is not null)
            data["reason"] = reason;
        return AppendAsync(JournalEvent.RunEnded, data: data);
    }

    private async Task<(BlueGreenUpgradeState State, string? Reason)> ForwardAsync(Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken)
    {
        await ApproveAsync().ConfigureAwait(false);
        await LookForLostAsync(cancellationToken).ConfigureAwait(false);
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var ended = new HashSet<string>(StringComparer.Ordinal);
        var running = new Dictionary<Task<UpgradeStep>, string>();
        try
        {
            while (true)
            {
                Tell();
                if (!_failed)
                {
                    foreach (var step in _progress.Steps.Where(step => IsReady(step) && !ended.Contains(step.Id) && !running.ContainsValue(step.Id)).ToList())
                    {
                        if (asked.Contains(step.Id))
                            continue;
                        if (await IsOpenAsync(step, cancellationToken).ConfigureAwait(false))
                        {
                            running.Add(Task.Run(() => DoAsync(step, cancellationToken), CancellationToken.None), step.Id);
                            continue;
                        }

                        asked.Add(step.Id);
                        if (_progress.StepOf(step.Id) is { State: UpgradeStepState.Failed } failed)
                        {
                            ended.Add(step.Id);
                            await finished(failed).ConfigureAwait(false);
                            break;
                        }
                    }
                }

                if (running.Count == 0)
                    return Outcome();
                var first = await Task.WhenAny(running.Keys).ConfigureAwait(false);
                ended.Add(running[first]);
                running.Remove(first);
                await finished(await first.ConfigureAwait(false)).ConfigureAwait(false);
            }
        }
        finally
        {
            // Nobody leaves while a step still changes something.
            await ((Task)Task.WhenAll(running.Keys)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsReady(UpgradeStep step) =>
        step.State is UpgradeStepState.Pending or UpgradeStepState.AwaitingApproval or UpgradeStepState.Running or UpgradeStepState.Failed
        && step.After.Concat(StepWorks.UsedBy(step)).All(id => _progress.StepOf(id).State == UpgradeStepState.Completed);

    private (BlueGreenUpgradeState State, string? Reason) Outcome()
    {
        var steps = _progress.Steps;
        if (steps.All(step => step.State == UpgradeStepState.Completed))
            return (BlueGreenUpgradeState.Completed, null);
        if (steps.Where(step => step.State == UpgradeStepState.Failed).ToList() is { Count: > 0 } failed)
            return (BlueGreenUpgradeState.Failed, $"{string.Join(", ", failed.Select(step => step.Id))} failed. Mend the cause; Resume-BlueGreenUpgrade goes on, Undo-BlueGreenUpgrade takes back.");
        var waiting = steps.Where(step => step.State == UpgradeStepState.AwaitingApproval).Select(step => step.Id).ToList();
        return (BlueGreenUpgradeState.AwaitingApproval, $"{string.Join(", ", waiting)} {(waiting.Count == 1 ? "waits" : "wait")} for approval: Resume-BlueGreenUpgrade -Approve {string.Join(',', waiting)} goes on.");
    }

    private async Task ApproveAsync()
    {
        foreach (var id in _options.Approve)
            await AppendAsync(JournalEvent.Approved, id, data: new JsonObject { ["point"] = _progress.PointOf(id), ["by"] = _options.Runner }).ConfigureAwait(false);
    }

    // What was made for later steps and is gone is made again.
    private async Task LookForLostAsync(CancellationToken cancellationToken)
    {
        var needed = _progress.Steps.Where(step => step.State != UpgradeStepState.Completed)
            .SelectMany(step => StepWorks.UsedBy(step)).ToHashSet(StringComparer.Ordinal);
        foreach (var step in _progress.Steps.Where(step => step.State == UpgradeStepState.Completed && needed.Contains(step.Id)).ToList())
        {
            if (await _works.For(step).IsThereAsync(Context(step), cancellationToken).ConfigureAwait(false))
                continue;
            _session.Host.Warning($"What step '{step.Id}' made is no longer there; it is made again.");
            await AppendAsync(JournalEvent.StepLost, step.Id, step.Attempt).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsOpenAsync(UpgradeStep step, CancellationToken cancellationToken)
    {
        // What has been begun was let through; what failed at its gate was not.
        if (step.State == UpgradeStepState.Running || step is { State: UpgradeStepState.Failed, Attempt: > 0 })
            return true;
        // Where the step itself asked, its gate is behind it.
        if (step.State == UpgradeStepState.AwaitingApproval && _progress.PointOf(step.Id) is var point && point != UpgradeProgress.GatePoint)
            return true;
        // A gate of the command line stays when the next run does not name it.
        var gate = step.Gate == UpgradeGate.None && (_options.Gates.Contains(step.Id) || step.State == UpgradeStepState.AwaitingApproval) ? UpgradeGate.Approval : step.Gate;
        if (gate == UpgradeGate.None || _progress.IsApproved(step.Id, UpgradeProgress.GatePoint))
            return true;
        bool? answer = null;
        try
        {
            if (gate == UpgradeGate.Script)
                answer = await _session.Host.IsLetThroughAsync(step, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            await FailAsync(step, step.Attempt, FailureJson.Of(e.Failure)).ConfigureAwait(false);
            return false;
        }

        if (answer is { } open)
        {
            if (open)
                return true;
            await AwaitAsync(step, step.Attempt, UpgradeProgress.GatePoint, "Its gate's script block does not let it through.").ConfigureAwait(false);
            return false;
        }

        await AwaitAsync(step, step.Attempt, UpgradeProgress.GatePoint, gate == UpgradeGate.Script ? "Its gate needs a script block (-GateScript), or a person's word." : "A person has to let it go on.").ConfigureAwait(false);
        return false;
    }

    private Task AwaitAsync(UpgradeStep step, int attempt, string point, string reason) =>
        AppendAsync(JournalEvent.ApprovalNeeded, step.Id, attempt, new JsonObject { ["point"] = point, ["reason"] = reason });

    // From here on no other step is begun.
    private Task FailAsync(UpgradeStep step, int attempt, JsonObject data)
    {
        _failed = true;
        return AppendAsync(JournalEvent.StepFailed, step.Id, attempt, data);
    }

    private async Task<UpgradeStep> DoAsync(UpgradeStep step, CancellationToken cancellationToken)
    {
        // What a killed run had begun goes on as what it was.
        var attempt = step.State is UpgradeStepState.Running or UpgradeStepState.AwaitingApproval && step.Attempt > 0 ? step.Attempt : step.Attempt + 1;
        await AppendAsync(JournalEvent.StepStarted, step.Id, attempt).ConfigureAwait(false);
        _session.Host.Information($"{_progress.Plan.Name}: {step.Title}");
        var context = Context(_progress.StepOf(step.Id));
        using var activity = context.Begin();
        var result = await OutcomeOfAsync(token => _works.For(step).RunAsync(context, token), step, cancellationToken).ConfigureAwait(false);
        if (result.ApprovalPoint is { } point)
        {
            await AwaitAsync(step, attempt, point, result.Text).ConfigureAwait(false);
        }
        else if (result.Failure is { } failure)
        {
            var data = FailureJson.Of(failure);
            data["result"] = result.Text;
            await FailAsync(step, attempt, data).ConfigureAwait(false);
        }
        else
        {
            var data = new JsonObject { ["result"] = result.Text };
            if (result.Output.Count > 0)
                data["output"] = new JsonObject(result.Output.Select(o => KeyValuePair.Create(o.Key, (JsonNode?)o.Value)));
            await AppendAsync(JournalEvent.StepCompleted, step.Id, attempt, data).ConfigureAwait(false);
        }

        return _progress.StepOf(step.Id);
    }

    private async Task<(BlueGreenUpgradeState State, string? Reason)> BackAsync(Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken)
    {
        if (!_progress.IsUndo || (_options.RemoveImported && !_progress.RemovesImported))
            await AppendAsync(JournalEvent.UndoBegun, data: new JsonObject { ["removeImported"] = _options.RemoveImported }).ConfigureAwait(false);
        var way = new WayBack();
        // First what makes blue work as before and green rest. The plan's order is one in which every step comes after
        // those that it waits for: backwards, none loses what it stands on. What can't be taken back keeps only that
        // from being taken back which would do harm then.
        foreach (var step in Begun().Where(step => step.State != UpgradeStepState.Undone && !_progress.IsQuiet(step.Id)))
            await QuietAsync(step, way, finished, cancellationToken).ConfigureAwait(false);
        // Then the rest, which may take long or fail.
        foreach (var step in Begun().Where(step => _works.For(step).HasRest && (step.State != UpgradeStepState.Undone || (_progress.RemovesImported && !_progress.IsRemoved(step.Id)))))
        {
            // What has to serve on, since blue does not, stays as it is.
            if (way.Withheld(_works.For(step).Undoes(step)) is null)
                await RestAsync(step, finished, cancellationToken).ConfigureAwait(false);
        }

        return _progress.Steps.Where(step => step.State == UpgradeStepState.UndoFailed).Select(step => step.Id).ToList() is { Count: > 0 } failed
            ? (BlueGreenUpgradeState.UndoFailed, $"{string.Join(", ", failed)} could not be taken back wholly. Mend the cause; Undo-BlueGreenUpgrade goes on.")
            : (BlueGreenUpgradeState.Undone, null);

        List<UpgradeStep> Begun() => [.. _progress.Steps.Reverse().Where(step => step.Attempt > 0)];
    }

    private async Task QuietAsync(UpgradeStep step, WayBack way, Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken)
    {
        var work = _works.For(step);
        var workloads = work.Undoes(step);
        var withheld = way.Withheld(workloads);
        var context = await BeginBackAsync(step, withheld?.Classes ?? WorkloadClass.None, cancellationToken).ConfigureAwait(false);
        using var activity = context.Begin();
        var result = await OutcomeOfAsync(token => work.UndoAsync(context, token), step, cancellationToken).ConfigureAwait(false);
        if (result.Failure is { } failure)
            way.Take(workloads, result.NotDone ?? workloads.Classes, failure);
        if (withheld is { } lack)
            result = result with { Failure = result.Failure ?? WayBack.NotDone(workloads, _session, lack.Why) };
        if (result.Failure is not null || !work.HasRest)
            await EndBackAsync(step, result, finished).ConfigureAwait(false);
        else
            await AppendAsync(JournalEvent.UndoQuieted, step.Id, step.Attempt, new JsonObject { ["result"] = result.Text }).ConfigureAwait(false);
    }

    private async Task RestAsync(UpgradeStep step, Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken)
    {
        var context = await BeginBackAsync(step, WorkloadClass.None, cancellationToken).ConfigureAwait(false);
        using var activity = context.Begin();
        var result = await OutcomeOfAsync(token => _works.For(step).UndoRestAsync(context, token), step, cancellationToken).ConfigureAwait(false);
        // What could not be held stays the failure of its step, whatever became of the rest.
        if (!_progress.IsQuiet(step.Id))
        {
            if (result.Failure is { } failure)
                _session.Host.Warning($"{step.Title}: {failure.Message}");
            return;
        }

        var before = step.Result is { Length: > 0 } earlier && step.State != UpgradeStepState.UndoFailed ? earlier : "";
        var text = before.Length == 0 || result.Text.Length == 0 ? before + result.Text : $"{before}; {result.Text}";
        await EndBackAsync(step, result with { Text = text }, finished, _progress.RemovesImported).ConfigureAwait(false);
    }

    private async Task<StepRun> BeginBackAsync(UpgradeStep step, WorkloadClass withheld, CancellationToken cancellationToken)
    {
        Tell();
        cancellationToken.ThrowIfCancellationRequested();
        await AppendAsync(JournalEvent.UndoStarted, step.Id, step.Attempt).ConfigureAwait(false);
        _session.Host.Information($"{_progress.Plan.Name}: taking back: {step.Title}");
        return Context(step, _options with { RemoveImported = _progress.RemovesImported }, withheld);
    }

    private async Task EndBackAsync(UpgradeStep step, StepResult result, Func<UpgradeStep, ValueTask> finished, bool removed = false)
    {
        var data = result.Failure is { } failure ? FailureJson.Of(failure) : [];
        data["result"] = result.Text;
        if (removed && result.Failure is null)
            data["removed"] = true;
        await AppendAsync(result.Failure is null ? JournalEvent.UndoCompleted : JournalEvent.UndoFailed, step.Id, step.Attempt, data).ConfigureAwait(false);
        await finished(_progress.StepOf(step.Id)).ConfigureAwait(false);
    }

    private static async Task<StepResult> OutcomeOfAsync(Func<CancellationToken, Task<StepResult>> work, UpgradeStep step, CancellationToken cancellationToken)
    {
        try
        {
            return await work(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (UpgradeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new StepResult("") { Failure = e.Failure };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A defect of one step's work is that step's failure: the others, and the journal, are whole.
            return new StepResult("") { Failure = Unexpected(step, e) };
        }
    }

    private static Failure Unexpected(UpgradeStep step, Exception e) => new()
    {
        Id = "UnexpectedError",
        Kind = FailureKind.Unspecified,
        Message = $"Step '{step.Id}' met what nobody thought of: {e.GetType().Name}: {e.Message}",
        Recommendation = "Resume once more; if it stays, report it with the output of Resume-BlueGreenUpgrade -Debug.",
        Target = step.Id,
    };

    private StepRun Context(UpgradeStep step, UpgradeRunOptions? options = null, WorkloadClass withheld = WorkloadClass.None) => new(
        step, _progress.Plan, _progress.Mark, _session, options ?? _options, _progress.NotesOf(step.Id), _progress.StepOf, point => _progress.IsApproved(step.Id, point),
        note => AppendAsync(JournalEvent.StepNoted, step.Id, step.Attempt, note))
    {
        Withheld = withheld,
    };

    private void Tell()
    {
        var steps = _progress.Steps;
        _session.Host.Progress(new ProgressReport
        {
            Activity = _activity,
            Status = string.Join(", ", steps.Where(step => step.State == UpgradeStepState.Running).Select(step => step.Title)),
            Done = steps.Count(step => step.State is UpgradeStepState.Completed or UpgradeStepState.Undone),
            Total = steps.Count,
        });
    }

    private async Task AppendAsync(JournalEvent what, string? step = null, int attempt = 0, JsonObject? data = null) =>
        _progress.Take(await _journal.AppendAsync(what, step, attempt, data).ConfigureAwait(false));
}
