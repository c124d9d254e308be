using System.Text.Json.Nodes;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>
/// Runs the steps of an upgrade, or takes them back: each is journaled before it changes anything and after it has, and
/// whatever ends a run leaves an upgrade that can be resumed.
/// </summary>
internal sealed class UpgradeRunner(Journal journal, UpgradeProgress progress, UpgradeSession session, UpgradeRunOptions options, StepWorks works)
{
    private readonly RunningUpgrade _run = new(journal, progress, session, options, works);

    /// <summary>How far the upgrade is.</summary>
    public UpgradeProgress Progress => progress;

    /// <summary>Runs what is left to be done.</summary>
    /// <param name="finished">Told each step when it has ended.</param>
    /// <param name="cancellationToken">Stops at a safe point.</param>
    public Task RunAsync(Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken) =>
        GuardedAsync(new UpgradeForward(_run, finished).GoAsync, cancellationToken);

    /// <summary>Takes back what was done, the latest first.</summary>
    /// <param name="finished">Told each step when it has ended.</param>
    /// <param name="cancellationToken">Stops at a safe point.</param>
    public Task UndoAsync(Func<UpgradeStep, ValueTask> finished, CancellationToken cancellationToken) =>
        GuardedAsync(new UpgradeUndo(_run, finished).GoAsync, cancellationToken);

    // Whatever ends it, the journal tells, as long as it can be written.
    private async Task GuardedAsync(Func<CancellationToken, Task<(BlueGreenUpgradeState State, string? Reason)>> go, CancellationToken cancellationToken)
    {
        using var time = options.MaxDuration is { } most ? new CancellationTokenSource(most, session.Time) : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token, journal.Gone);
        try
        {
            var started = new JsonObject { ["runner"] = options.Runner };
            if (options.OnFailure != UpgradeFailureAction.Stop)
                started["onFailure"] = options.OnFailure.ToString();
            await _run.AppendAsync(JournalEvent.RunStarted, data: started).ConfigureAwait(false);
            var (state, reason) = await go(stop.Token).ConfigureAwait(false);
            await EndAsync(state, reason).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (journal.Gone.IsCancellationRequested && journal.Failure is { } failure)
        {
            throw new UpgradeException(failure.Failure, failure);
        }
        catch (OperationCanceledException) when (journal.Gone.IsCancellationRequested)
        {
            throw new UpgradeException(JournalFailures.TakenOver(journal.Store.Name));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            var why = time.IsCancellationRequested && !cancellationToken.IsCancellationRequested
                ? "The time for this run is over."
                : "It was stopped.";
            await EndAsync(BlueGreenUpgradeState.Stopped, $"{why} {(progress.IsUndo ? "Undo" : "Resume")}-BlueGreenUpgrade goes on.").ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            _run.TellEnd();
        }
    }

    private Task EndAsync(BlueGreenUpgradeState state, string? reason)
    {
        var data = new JsonObject { ["state"] = state.ToString() };
        if (reason is not null)
            data["reason"] = reason;
        return _run.AppendAsync(JournalEvent.RunEnded, data: data);
    }
}
