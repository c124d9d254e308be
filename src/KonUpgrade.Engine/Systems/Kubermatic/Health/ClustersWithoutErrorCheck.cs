using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>No user cluster tells an error that keeps it from being reconciled.</summary>
internal sealed class ClustersWithoutErrorCheck : IReadinessCheck<KubermaticSurvey>
{
    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticClustersWithoutError",
        "No user cluster tells an error",
        ReadinessCategory.System,
        "Correct what the error names in the Cluster's spec, or in its datacenter.");

    public async Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken) =>
        (await subject.ClustersAsync(cancellationToken).ConfigureAwait(false)).Outcome(Look);

    private static IEnumerable<ReadinessFinding> Look(SeedUserCluster found)
    {
        if (found.Cluster.ErrorReason is { } error && !found.Cluster.IsDeleting)
            yield return KubermaticFinding.Of(found, found.Cluster.ErrorMessage is { Length: > 0 } message ? $"{error}: {message}" : error);
    }
}
