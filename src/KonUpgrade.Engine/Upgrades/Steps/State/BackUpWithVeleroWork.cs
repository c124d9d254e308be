using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.State;

/// <summary>Lets Velero back up what it moves: what the plan says, or else what the system leaves to it.</summary>
internal sealed class BackUpWithVeleroWork : IStepWork
{
    /// <inheritdoc/>
    public string Kind => StepKind.BackUpWithVelero;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        var taker = await TakerAsync(run, cancellationToken).ConfigureAwait(false);
        var begun = await taker.StartAsync(await taker.PrepareAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        var backup = await VeleroEnd.OfAsync(run, begun, cancellationToken).ConfigureAwait(false);
        return new StepResult(VeleroEnd.Words(backup)) { Output = VeleroEnd.OutputOf(backup), Failure = backup.Failure };
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        var taker = await TakerAsync(run, cancellationToken).ConfigureAwait(false);
        var prepared = await taker.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return new StepResult($"Velero would back up {prepared.Description}");
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> LeftByUndo(UpgradeStep step, bool removeImported) => [$"{step.Title}: the backup stays until it expires."];

    private static async Task<VeleroBackupTaker> TakerAsync(StepRun run, CancellationToken cancellationToken)
    {
        var moved = await SystemView.VeleroOnAsync(run.Target, run.Session.System.Description, cancellationToken).ConfigureAwait(false);
        var request = new VeleroBackupRequest
        {
            Name = UpgradeNames.Of(run, byAttempt: true),
            VeleroNamespace = run.Value("veleroNamespace")!,
            StorageLocation = run.Value("storageLocation"),
            Volumes = run.Choice<VeleroVolumes>("volumes"),
            Ttl = run.Value("ttl") is null ? null : run.Duration("ttl"),
            Selection = new VeleroScope
            {
                Namespaces = First(run.Texts("namespaces"), run.Plan.Selection.Namespace, moved?.Namespace),
                Kinds = First(run.Texts("kinds"), moved?.IncludedResource),
            },
        };
        return new VeleroBackupTaker(run.Target, request, run.Reporter, run.Time);
    }

    private static IReadOnlyList<string> First(params IReadOnlyList<string>?[] lists) => lists.FirstOrDefault(list => list is { Count: > 0 }) ?? [];
}
