using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.State;

/// <summary>Lets Velero bring a backup that an earlier step made. A cluster to which it has not come yet is waited for.</summary>
internal sealed class RestoreWithVeleroWork : IStepWork
{
    /// <inheritdoc/>
    public string Kind => StepKind.RestoreWithVelero;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        var restorer = RestorerOf(run);
        var prepared = await restorer.PrepareAsync(VeleroEnd.BackupOf(run, run.Other(run.Value("backup")!)), cancellationToken).ConfigureAwait(false);
        var begun = await restorer.StartAsync(prepared, cancellationToken).ConfigureAwait(false);
        var restore = await VeleroEnd.OfAsync(run, begun, cancellationToken).ConfigureAwait(false);
        return new StepResult(VeleroEnd.Words(restore)) { Failure = restore.Failure };
    }

    /// <inheritdoc/>
    public Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken) =>
        Task.FromResult(new StepResult($"Velero would bring the backup of '{run.Value("backup")}' to {run.Target.Context.Name}; what is there stays {(run.Choice<VeleroExisting>("existing") == VeleroExisting.None ? "as it is" : "and is patched")}"));

    /// <inheritdoc/>
    public Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken) => Task.FromResult(new StepResult("What Velero brought stays."));

    /// <inheritdoc/>
    public IReadOnlyList<string> LeftByUndo(UpgradeStep step, bool removeImported) => [$"{step.Title}: what Velero brought stays, with its volumes."];

    private static VeleroRestorer RestorerOf(StepRun run) => new(
        run.Target,
        new VeleroRestoreRequest
        {
            Name = UpgradeNames.Of(run, byAttempt: true),
            VeleroNamespace = run.Value("veleroNamespace")!,
            Selection = new VeleroScope { Namespaces = run.Texts("namespaces"), Kinds = run.Texts("kinds") },
            Existing = run.Choice<VeleroExisting>("existing"),
            AllowPartial = run.Value("allowPartial") == "true",
            SyncTimeout = run.Duration("syncTimeout"),
        },
        run.Reporter,
        run.Time);
}
