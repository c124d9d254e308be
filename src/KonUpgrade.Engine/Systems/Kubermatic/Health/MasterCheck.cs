using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>A check of a Kubermatic as a whole, made where the cluster that is looked at is its master. A seed knows nothing of the others.</summary>
/// <param name="check">The check.</param>
internal sealed class MasterCheck(IReadinessCheck<KubermaticSurvey> check) : IReadinessCheck<ClusterSurvey>
{
    public ReadinessRule Rule => check.Rule;

    public Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken) => RunAsync(check, subject, target: null, cancellationToken);

    /// <summary>Makes it.</summary>
    /// <param name="check">The check.</param>
    /// <param name="subject">The cluster that is looked at.</param>
    /// <param name="target">What the Kubermatic is to become; null where nobody says so.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<ReadinessOutcome> RunAsync(IReadinessCheck<KubermaticSurvey> check, ClusterSurvey subject, KubermaticTarget? target, CancellationToken cancellationToken)
    {
        switch (KubermaticRole.Of(subject.Catalog))
        {
            case KubermaticRole.Seed:
                return ReadinessOutcome.None("It is a seed, and what is so of a Kubermatic as a whole is looked at from its master.");
            case null when !subject.Catalog.Failures.Any(failure => ApiCatalog.GroupOf(failure) == KubermaticRole.Group):
                return ReadinessOutcome.None("There is no Kubermatic here.");
            default:
                var survey = await subject.ShareAsync(BeginAsync, cancellationToken).ConfigureAwait(false);
                return await check.RunAsync(target is null ? survey : survey.For(target), cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task<KubermaticSurvey> BeginAsync(ClusterSurvey subject, CancellationToken cancellationToken) =>
        KubermaticSurvey.BeginAsync(subject.Cluster, target: null, ConnectionOptions.OfHeldKubeConfig(subject.Time), NullReporter.Instance, cancellationToken);
}
