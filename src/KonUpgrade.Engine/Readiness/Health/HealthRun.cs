using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>Checks whether a cluster is well: once, or until nothing blocks.</summary>
public static class HealthRun
{
    /// <summary>Gives each check when it is final.</summary>
    /// <param name="survey">The cluster, and the namespaces that are meant.</param>
    /// <param name="checks">The checks.</param>
    /// <param name="wait">How long it is waited until nothing blocks; null for not at all.</param>
    /// <param name="reporter">Told how it goes.</param>
    /// <param name="atOnce">How many look at once; null for the usual number.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static IAsyncEnumerable<ReadinessCheck> RunAsync(
        ClusterSurvey survey, IReadOnlyList<IReadinessCheck<ClusterSurvey>> checks, ReadinessWait? wait, IReporter reporter, int? atOnce, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(survey);
        return wait is null
            ? ReadinessRunner.RunAsync(checks, survey, reporter, cancellationToken, atOnce)
            : new HealthWatch(survey.Cluster, checks, survey.Namespaces, wait, reporter, atOnce).RunAsync(survey, cancellationToken);
    }
}
