using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;

namespace KonUpgrade.Engine.Upgrades.Steps.Checks;

/// <summary>Waits until a cluster is well.</summary>
internal sealed class TestHealthWork : IStepWork
{
    /// <inheritdoc/>
    public string Kind => StepKind.TestHealth;

    /// <inheritdoc/>
    public Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken) =>
        Verdict(run).JudgeAsync(HealthLook.RunAsync(run, run.Duration("timeout"), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken) =>
        Verdict(run).PreviewAsync(HealthLook.RunAsync(run, wait: null, cancellationToken), cancellationToken);

    private static CheckVerdict Verdict(StepRun run) => new(run, "onNotHealthy", "NotHealthy");
}
