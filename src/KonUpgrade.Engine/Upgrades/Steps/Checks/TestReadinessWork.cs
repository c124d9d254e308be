using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Readiness.Upgrading;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Checks;

/// <summary>Looks before anything is changed whether something stands in the way: from blue to green, or to a version of the system in place.</summary>
internal sealed class TestReadinessWork : IStepWork
{
    /// <inheritdoc/>
    public string Kind => StepKind.TestReadiness;

    /// <inheritdoc/>
    public Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken) => Verdict(run).JudgeAsync(CheckAsync(run, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken) => Verdict(run).PreviewAsync(CheckAsync(run, cancellationToken), cancellationToken);

    private static CheckVerdict Verdict(StepRun run) => new(run, "onNotReady", "NotReady");

    private static async IAsyncEnumerable<ReadinessCheck> CheckAsync(StepRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var system = run.Session.System.Description;
        IReadOnlyList<IReadinessCheck<UpgradeSurvey>> all = [.. UpgradeChecks.All, .. SystemChecks.UpgradeOf(system)];
        var checks = new CheckSelection(run.Texts("include"), run.Texts("exclude")).Of(all, []);
        var blue = await ClusterSurvey.BeginAsync(run.Session.Blue, [], cancellationToken, run.Time).ConfigureAwait(false);
        await using var closingBlue = blue.ConfigureAwait(false);
        var green = run.Session.Green is { } other ? await ClusterSurvey.BeginAsync(other, [], cancellationToken, run.Time).ConfigureAwait(false) : null;
        try
        {
            var subject = new UpgradeSurvey
            {
                Blue = blue,
                Green = green,
                // In place it is the system that changes, and not its Kubernetes.
                Target = (green ?? blue).Version,
                Way = run.Plan.Way,
                System = system,
                SystemVersion = run.Value("systemVersion"),
                Reporter = run.Reporter,
            };
            await foreach (var check in ReadinessRunner.RunAsync(checks, subject, run.Reporter, cancellationToken, run.Session.ThrottleLimit).ConfigureAwait(false))
                yield return check;
        }
        finally
        {
            if (green is not null)
                await green.DisposeAsync().ConfigureAwait(false);
        }
    }
}
