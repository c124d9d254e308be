using System.Text.Json.Nodes;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Reconciling;

/// <summary>Puts back the limit that an earlier step has lowered, when nothing is left to be reconciled; or asks.</summary>
internal sealed class ResetReconcileLimitWork : IStepWork
{
    private const string LoadRemains = "LoadRemains";
    private const string LetGoNote = "letGo";

    /// <inheritdoc/>
    public string Kind => StepKind.ResetReconcileLimit;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        if (LimitNote.Of(run.NotesOf(run.Value("resets")!)) is not { } note)
            return new StepResult("The limit was not changed.");
        TimeSpan? wait = run.Value("wait") == "true" ? run.Duration("timeout") : null;
        var point = StepResult.PointOf("load", [note.Namespace, note.Name]);
        var hasLetGo = HasLetGo(run);
        var decision = run.Choice<StepDecision>("onNotSettled");
        try
        {
            return await LimitWayBack.ResetAsync(run, note, decision == StepDecision.Report || run.IsApproved(point), wait, LetGoAsync, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            // It was not put back: it stays in force.
            if (hasLetGo)
                await run.NoteAsync(new JsonObject { [LetGoNote] = false }).ConfigureAwait(false);
            if (e.Failure.Id != LoadRemains || decision != StepDecision.Approve)
                throw;
            return new StepResult(e.Failure.Message) { ApprovalPoint = point };
        }

        // A kill between this and the write costs nothing: the next run begins with it.
        async Task LetGoAsync()
        {
            if (!hasLetGo)
                await run.NoteAsync(new JsonObject { [LetGoNote] = true }).ConfigureAwait(false);
            hasLetGo = true;
        }
    }

    // Until it is written the limit is in force, also while somebody's word is waited for.
    /// <inheritdoc/>
    public bool LetsGo(StepRun run) => run.Step.State == UpgradeStepState.Completed || HasLetGo(run);

    /// <inheritdoc/>
    public Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken) =>
        Task.FromResult(new StepResult($"The limit of before is put back: {run.Other(run.Value("resets")!).Output.GetValueOrDefault("before")}"));

    /// <inheritdoc/>
    public Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken) => Task.FromResult(new StepResult("The limit is not lowered again."));

    /// <inheritdoc/>
    public Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken) => SetReconcileLimitWork.NeededAsync(run, cancellationToken);

    private static bool HasLetGo(StepRun run) => run.Notes[LetGoNote]?.GetValue<bool>() == true;
}
