using System.Text.Json.Nodes;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>The way back: one step after the other, the latest first; blue works again before anything else is taken back.</summary>
/// <param name="run">The upgrade.</param>
/// <param name="finished">Told each step when it has ended.</param>
internal sealed class UpgradeUndo(RunningUpgrade run, Func<UpgradeStep, ValueTask> finished)
{
    /// <summary>Takes back what was begun.</summary>
    /// <returns>How it stands then, and what is left to be done.</returns>
    public async Task<(BlueGreenUpgradeState State, string? Reason)> GoAsync(CancellationToken cancellationToken)
    {
        if (!run.Progress.IsUndo || (run.Options.RemoveImported && !run.Progress.RemovesImported))
            await run.AppendAsync(JournalEvent.UndoBegun, data: new JsonObject { ["removeImported"] = run.Options.RemoveImported }).ConfigureAwait(false);
        var way = new WayBack();
        // First what makes blue work as before and green rest. The plan's order is one in which every step comes after
        // those that it waits for: backwards, none loses what it stands on. What can't be taken back keeps only that
        // from being taken back which would do harm then.
        foreach (var step in Begun().Where(step => step.State != UpgradeStepState.Undone && !run.Progress.IsQuiet(step.Id)))
            await QuietAsync(step, way, cancellationToken).ConfigureAwait(false);
        // Then the rest, which may take long or fail.
        foreach (var step in Begun().Where(step => run.Works.For(step).HasRest && (step.State != UpgradeStepState.Undone || (run.Progress.RemovesImported && !run.Progress.IsRemoved(step.Id)))))
        {
            // What has to serve on, since blue does not, stays as it is.
            if (way.Withheld(run.Works.For(step).Undoes(step)) is null)
                await RestAsync(step, cancellationToken).ConfigureAwait(false);
        }

        return run.Progress.Steps.Where(step => step.State == UpgradeStepState.UndoFailed).Select(step => step.Id).ToList() is { Count: > 0 } failed
            ? (BlueGreenUpgradeState.UndoFailed, $"{string.Join(", ", failed)} could not be taken back wholly. Mend the cause; Undo-BlueGreenUpgrade goes on.")
            : (BlueGreenUpgradeState.Undone, null);

        List<UpgradeStep> Begun() => [.. run.Progress.Steps.Reverse().Where(step => step.Attempt > 0)];
    }

    private async Task QuietAsync(UpgradeStep step, WayBack way, CancellationToken cancellationToken)
    {
        var work = run.Works.For(step);
        var workloads = work.Undoes(step);
        var withheld = way.Withheld(workloads);
        var context = await BeginBackAsync(step, withheld?.Classes ?? WorkloadClass.None, cancellationToken).ConfigureAwait(false);
        using var activity = context.Begin();
        var result = await RunningUpgrade.OutcomeOfAsync(token => work.UndoAsync(context, token), step, cancellationToken).ConfigureAwait(false);
        if (result.Failure is { } failure)
            way.Take(workloads, result.NotDone ?? workloads.Classes, failure);
        if (withheld is { } lack)
            result = result with { Failure = result.Failure ?? WayBack.NotDone(workloads, run.Session, lack.Why) };
        if (result.Failure is not null || !work.HasRest)
            await EndBackAsync(step, result).ConfigureAwait(false);
        else
            await run.AppendAsync(JournalEvent.UndoQuieted, step.Id, step.Attempt, new JsonObject { ["result"] = result.Text }).ConfigureAwait(false);
    }

    private async Task RestAsync(UpgradeStep step, CancellationToken cancellationToken)
    {
        var context = await BeginBackAsync(step, WorkloadClass.None, cancellationToken).ConfigureAwait(false);
        using var activity = context.Begin();
        var result = await RunningUpgrade.OutcomeOfAsync(token => run.Works.For(step).UndoRestAsync(context, token), step, cancellationToken).ConfigureAwait(false);
        // What could not be held stays the failure of its step, whatever became of the rest.
        if (!run.Progress.IsQuiet(step.Id))
        {
            if (result.Failure is { } failure)
                run.Session.Host.Warning($"{step.Title}: {failure.Message}");
            return;
        }

        var before = step.Result is { Length: > 0 } earlier && step.State != UpgradeStepState.UndoFailed ? earlier : "";
        var text = before.Length == 0 || result.Text.Length == 0 ? before + result.Text : $"{before}; {result.Text}";
        await EndBackAsync(step, result with { Text = text }, run.Progress.RemovesImported).ConfigureAwait(false);
    }

    private async Task<StepRun> BeginBackAsync(UpgradeStep step, WorkloadClass withheld, CancellationToken cancellationToken)
    {
        run.Tell();
        cancellationToken.ThrowIfCancellationRequested();
        await run.AppendAsync(JournalEvent.UndoStarted, step.Id, step.Attempt).ConfigureAwait(false);
        run.Session.Host.Information($"{run.Progress.Plan.Name}: taking back: {step.Title}");
        return run.ContextOf(step, run.Options with { RemoveImported = run.Progress.RemovesImported }, withheld);
    }

    private async Task EndBackAsync(UpgradeStep step, StepResult result, bool removed = false)
    {
        var data = result.Failure is { } failure ? FailureJson.Of(failure) : [];
        data["result"] = result.Text;
        if (removed && result.Failure is null)
            data["removed"] = true;
        result.AddOutputTo(data);
        await run.AppendAsync(result.Failure is null ? JournalEvent.UndoCompleted : JournalEvent.UndoFailed, step.Id, step.Attempt, data).ConfigureAwait(false);
        await finished(run.Progress.StepOf(step.Id)).ConfigureAwait(false);
    }
}
