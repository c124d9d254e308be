using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Running;

/// <summary>
/// What is done for a kind of step. A run may be killed at any instant and begun again with the same attempt, here or
/// elsewhere: what was done by then is found out and not done twice.
/// </summary>
internal interface IStepWork
{
    /// <summary>The kind.</summary>
    string Kind { get; }

    /// <summary>Does it.</summary>
    /// <exception cref="UpgradeException">It could not be done.</exception>
    Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken);

    /// <summary>Whether what it made for later steps is still there.</summary>
    Task<bool> IsThereAsync(StepRun run, CancellationToken cancellationToken) => Task.FromResult(true);

    /// <summary>Takes it back, as far as that is possible. Of what it brought to a cluster, that it does not run any more; see <see cref="UndoRestAsync"/>.</summary>
    /// <exception cref="UpgradeException">It could not be taken back.</exception>
    Task<StepResult> UndoAsync(StepRun run, CancellationToken cancellationToken) => Task.FromResult(new StepResult("There was nothing to undo."));

    /// <summary>Whether what it did stays in force until a later step that names it lets go of it, and others may overwrite it meanwhile; see <see cref="KeepAsync"/>.</summary>
    bool Keeps => false;

    /// <summary>Whether it has let go by now of what the steps that it names keep in force.</summary>
    bool LetsGo(StepRun run) => run.Step.State == UpgradeStepState.Completed;

    /// <summary>Sees to it that what it did is still in force, after it was done and as long as it is to be.</summary>
    /// <returns>What was found and done, for people; null where all was as it is to be.</returns>
    /// <exception cref="UpgradeException">It is not in force any more, and can't be put in force again; or nobody can tell.</exception>
    Task<string?> KeepAsync(StepRun run, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>What whoever else works at the cluster has to heed as long as what it did is in force; null for nothing.</summary>
    string? ToHeed(StepRun run) => null;

    /// <summary>Which workloads <see cref="UndoAsync"/> holds or gives back.</summary>
    UndoneWorkloads Undoes(UpgradeStep step) => default;

    /// <summary>Whether something is left to be taken back once blue works again.</summary>
    bool HasRest => false;

    /// <summary>Takes back what is left once blue works again.</summary>
    /// <exception cref="UpgradeException">It could not be taken back.</exception>
    Task<StepResult> UndoRestAsync(StepRun run, CancellationToken cancellationToken) => Task.FromResult(new StepResult(""));

    /// <summary>What an undo leaves as it is, for people; empty where it takes everything back.</summary>
    IReadOnlyList<string> LeftByUndo(UpgradeStep step, bool removeImported) => [];

    /// <summary>The rights that it needs, as far as they can be told before; none where it changes nothing, or finds out by itself.</summary>
    Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<NeededRight>>([]);

    /// <summary>The rights that taking it back needs, on the cluster that <see cref="Undoes"/> names; as <see cref="RightsAsync"/> otherwise.</summary>
    Task<IReadOnlyList<NeededRight>> UndoRightsAsync(StepRun run, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<NeededRight>>([]);

    /// <summary>What the step would do, found out without changing anything.</summary>
    Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken) => Task.FromResult(new StepResult(run.Step.Changes ?? ""));
}
