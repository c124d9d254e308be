using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>Every part of the control plane of every user cluster is up (<c>status.extendedHealth</c>).</summary>
internal sealed class ControlPlanesUpCheck : IReadinessCheck<KubermaticSurvey>
{
    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticControlPlanesUp",
        "The control plane of every user cluster is up",
        ReadinessCategory.Workload,
        "Look at the Pods in the namespace cluster-<name> of the seed.");

    public async Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken) =>
        (await subject.ClustersAsync(cancellationToken).ConfigureAwait(false)).Outcome(Look);

    private static IEnumerable<ReadinessFinding> Look(SeedUserCluster found)
    {
        if (found.Cluster.IsDeleting)
            yield break;
        // Of one that is paused nobody looks any more: what it says is of before.
        var severity = found.Cluster.IsPaused ? ReadinessSeverity.Advisory : ReadinessSeverity.Blocking;
        if (found.Cluster.Health.Count == 0)
        {
            yield return KubermaticFinding.Of(found, "nobody has told how its control plane is", severity);
            yield break;
        }
        foreach (var health in found.Cluster.Health.Where(part => part.Value != PartHealth.Up).GroupBy(part => part.Value).OrderByDescending(parts => parts.Key))
        {
            var parts = NameList.Some([.. health.Select(part => part.Key).Order(StringComparer.Ordinal)]);
            yield return health.Key switch
            {
                PartHealth.Down => KubermaticFinding.Of(found, $"{parts} down", severity),
                PartHealth.Provisioning => KubermaticFinding.Of(found, $"{parts} being brought up", severity),
                _ => KubermaticFinding.Of(found, $"{parts}: in a state that is not known here", ReadinessSeverity.Advisory),
            };
        }
    }
}
