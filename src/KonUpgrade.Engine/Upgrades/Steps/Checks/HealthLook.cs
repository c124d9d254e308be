using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Health;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps.Checks;

/// <summary>A look whether the cluster of a step is well, with the checks that the step names.</summary>
internal static class HealthLook
{
    /// <summary>Gives each check when it is final.</summary>
    /// <param name="run">The step.</param>
    /// <param name="wait">How long it is waited until nothing blocks; null for not at all.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async IAsyncEnumerable<ReadinessCheck> RunAsync(StepRun run, TimeSpan? wait, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var namespaces = run.Plan.Selection.Namespace;
        IReadOnlyList<IReadinessCheck<ClusterSurvey>> all = [.. HealthChecks.All, .. SystemChecks.HealthOf(run.Session.System.Description)];
        var checks = new CheckSelection(run.Texts("include"), run.Texts("exclude")).Of(all, []);
        var survey = await ClusterSurvey.BeginAsync(run.Target, namespaces, cancellationToken, run.Time).ConfigureAwait(false);
        await using var closing = survey.ConfigureAwait(false);
        var results = HealthRun.RunAsync(survey, checks, wait is null ? null : new ReadinessWait(wait) { Time = run.Time }, run.Reporter, run.Session.ThrottleLimit, cancellationToken);
        await foreach (var result in results.ConfigureAwait(false))
            yield return result;
    }
}
