using System.Text.Json.Nodes;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>
/// The way forward: what does not wait for another step runs beside it, as far as gates let it through, until all is
/// done or nothing can go on.
/// </summary>
/// <param name="run">The upgrade.</param>
/// <param name="finished">Told each step when it has ended.</param>
internal sealed class UpgradeForward(RunningUpgrade run, Func<UpgradeStep, ValueTask> finished)
{
    private volatile bool _failed;

    /// <summary>Runs what can be run.</summary>
    /// <returns>How it stands then, and why it does not go on.</returns>
    public async Task<(BlueGreenUpgradeState State, string? Reason)> GoAsync(CancellationToken cancellationToken)
    {
        await ApproveAsync().ConfigureAwait(false);
        await LookForLostAsync(cancellationToken).ConfigureAwait(false);
        await LookForOverwrittenAsync(cancellationToken).ConfigureAwait(false);
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var ended = new HashSet<string>(StringComparer.Ordinal);
        var running = new Dictionary<Task<UpgradeStep>, string>();
        try
        {
            while (true)
            {
                run.Tell();
                if (!_failed)
                {
                    foreach (var step in run.Progress.Steps.Where(step => IsReady(step) && !ended.Contains(step.Id) && !running.ContainsValue(step.Id)).ToList())
                    {
                        if (asked.Contains(step.Id))
                            continue;
                        if (await IsOpenAsync(step, cancellationToken).ConfigureAwait(false))
                        {
                            running.Add(Task.Run(() => DoAsync(step, cancellationToken), CancellationToken.None), step.Id);
                            continue;
                        }

                        asked.Add(step.Id);
                        if (run.Progress.StepOf(step.Id) is { State: UpgradeStepState.Failed } failed)
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
        && step.After.Concat(StepWorks.UsedBy(step)).All(id => run.Progress.StepOf(id).State == UpgradeStepState.Completed);

    private (BlueGreenUpgradeState State, string? Reason) Outcome()
    {
        var steps = run.Progress.Steps;
        if (steps.All(step => step.State == UpgradeStepState.Completed))
            return (BlueGreenUpgradeState.Completed, null);
        if (steps.Where(step => step.State == UpgradeStepState.Failed).ToList() is { Count: > 0 } failed)
            return (BlueGreenUpgradeState.Failed, $"{string.Join(", ", failed.Select(step => step.Id))} failed. Mend the cause; Resume-BlueGreenUpgrade goes on, Undo-BlueGreenUpgrade takes back.");
        var waiting = steps.Where(step => step.State == UpgradeStepState.AwaitingApproval).Select(step => step.Id).ToList();
        return (BlueGreenUpgradeState.AwaitingApproval, $"{string.Join(", ", waiting)} {(waiting.Count == 1 ? "waits" : "wait")} for approval: Resume-BlueGreenUpgrade -Approve {string.Join(',', waiting)} goes on.");
    }

    private async Task ApproveAsync()
    {
        foreach (var id in run.Options.Approve)
            await run.AppendAsync(JournalEvent.Approved, id, data: new JsonObject { ["point"] = run.Progress.PointOf(id), ["by"] = run.Options.Runner }).ConfigureAwait(false);
    }

    // What was made for later steps and is gone is made again.
    private async Task LookForLostAsync(CancellationToken cancellationToken)
    {
        var needed = run.Progress.Steps.Where(step => step.State != UpgradeStepState.Completed)
            .SelectMany(step => StepWorks.UsedBy(step)).ToHashSet(StringComparer.Ordinal);
        foreach (var step in run.Progress.Steps.Where(step => step.State == UpgradeStepState.Completed && needed.Contains(step.Id)).ToList())
        {
            if (await run.Works.For(step).IsThereAsync(run.ContextOf(step), cancellationToken).ConfigureAwait(false))
                continue;
            run.Session.Host.Warning($"What step '{step.Id}' made is no longer there; it is made again.");
            await run.AppendAsync(JournalEvent.StepLost, step.Id, step.Attempt).ConfigureAwait(false);
        }
    }

    // What others may have overwritten between two runs is put in force again. Where that fails now, what comes next tells.
    private async Task LookForOverwrittenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await run.KeepAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            run.Session.Host.Warning($"{run.Progress.Plan.Name}: whether what earlier steps set is still in force can't be told: {e.Failure.Message}");
        }
    }

    private async Task<bool> IsOpenAsync(UpgradeStep step, CancellationToken cancellationToken)
    {
        // What has been begun was let through; what failed at its gate was not.
        if (step.State == UpgradeStepState.Running || step is { State: UpgradeStepState.Failed, Attempt: > 0 })
            return true;
        // Where the step itself asked, its gate is behind it.
        if (step.State == UpgradeStepState.AwaitingApproval && run.Progress.PointOf(step.Id) is var point && point != UpgradeProgress.GatePoint)
            return true;
        // A gate of the command line stays when the next run does not name it.
        var gate = step.Gate == UpgradeGate.None && (run.Options.Gates.Contains(step.Id) || step.State == UpgradeStepState.AwaitingApproval) ? UpgradeGate.Approval : step.Gate;
        if (gate == UpgradeGate.None || run.Progress.IsApproved(step.Id, UpgradeProgress.GatePoint))
            return true;
        bool? answer = null;
        try
        {
            if (gate == UpgradeGate.Script)
                answer = await run.Session.Host.IsLetThroughAsync(step, cancellationToken).ConfigureAwait(false);
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

    private Task AwaitAsync(UpgradeStep step, int attempt, string point, string reason, StepResult? result = null)
    {
        var data = new JsonObject { ["point"] = point, ["reason"] = reason };
        result?.AddOutputTo(data);
        return run.AppendAsync(JournalEvent.ApprovalNeeded, step.Id, attempt, data);
    }

    // From here on no other step is begun.
    private Task FailAsync(UpgradeStep step, int attempt, JsonObject data)
    {
        _failed = true;
        return run.AppendAsync(JournalEvent.StepFailed, step.Id, attempt, data);
    }

    // What was set again meanwhile, since somebody had overwritten it, is told with what became of the step.
    private async Task<StepResult> WorkAsync(UpgradeStep step, StepRun context, CancellationToken cancellationToken)
    {
        var result = await run.Works.For(step).RunAsync(context, cancellationToken).ConfigureAwait(false);
        return context.Kept.Count == 0 ? result : result with { Text = string.Join("; ", context.Kept.Prepend(result.Text)) };
    }

    private async Task<UpgradeStep> DoAsync(UpgradeStep step, CancellationToken cancellationToken)
    {
        // What a killed run had begun goes on as what it was.
        var attempt = step.State is UpgradeStepState.Running or UpgradeStepState.AwaitingApproval && step.Attempt > 0 ? step.Attempt : step.Attempt + 1;
        await run.AppendAsync(JournalEvent.StepStarted, step.Id, attempt).ConfigureAwait(false);
        run.Session.Host.Information($"{run.Progress.Plan.Name}: {step.Title}");
        var context = run.ContextOf(run.Progress.StepOf(step.Id));
        using var activity = context.Begin();
        var result = await RunningUpgrade.OutcomeOfAsync(token => WorkAsync(step, context, token), step, cancellationToken).ConfigureAwait(false);
        if (result.ApprovalPoint is { } point)
        {
            await AwaitAsync(step, attempt, point, result.Text, result).ConfigureAwait(false);
        }
        else if (result.Failure is { } failure)
        {
            var data = FailureJson.Of(failure);
            data["result"] = result.Text;
            result.AddOutputTo(data);
            await FailAsync(step, attempt, data).ConfigureAwait(false);
        }
        else
        {
            var data = new JsonObject { ["result"] = result.Text };
            result.AddOutputTo(data);
            await run.AppendAsync(JournalEvent.StepCompleted, step.Id, attempt, data).ConfigureAwait(false);
        }

        return run.Progress.StepOf(step.Id);
    }
}
