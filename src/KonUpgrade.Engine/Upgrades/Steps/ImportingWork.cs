using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>The work of steps that bring objects to green, which are all taken back the same way.</summary>
internal abstract class ImportingWork : IStepWork
{
    /// <inheritdoc/>
    public abstract string Kind { get; }

    /// <inheritdoc/>
    public abstract Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public UndoneWorkloads Undoes(UpgradeStep step) => new(UpgradeSide.Green, WorkloadClass.All, Resumes: false);

    /// <inheritdoc/>
    public Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken) => ImportUndo.HoldAsync(run, cancellationToken);

    /// <inheritdoc/>
    public bool HasRest => true;

    /// <inheritdoc/>
    public virtual Task<StepResult> UndoRestAsync(StepRun run, CancellationToken cancellationToken) => ImportUndo.RestAsync(run, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NeededRight>> UndoRightsAsync(StepRun run, CancellationToken cancellationToken) => ImportUndo.RightsAsync(run, cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<string> LeftByUndo(UpgradeStep step, bool removeImported) => ImportUndo.Left(step, removeImported);
}
