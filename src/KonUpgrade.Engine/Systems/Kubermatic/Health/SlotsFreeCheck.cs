using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>
/// No seed stands still since clusters that nobody reconciles occupy its slots: a paused cluster that is not up to date
/// counts as in progress for ever.
/// </summary>
internal sealed class SlotsFreeCheck : IReadinessCheck<KubermaticSurvey>
{
    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticSlotsFree",
        "No user cluster that nobody reconciles occupies a slot of its seed",
        ReadinessCategory.System,
        "Release these clusters (spec.pause), bring their control planes up to date, or raise the limit (Set-ReconcileLimit).");

    public async Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken)
    {
        var clusters = await subject.ClustersAsync(cancellationToken).ConfigureAwait(false);
        var findings = (await SeedLoads.OfAsync(subject, clusters, cancellationToken).ConfigureAwait(false)).Where(load => load.Load.BlockingClusters.Count > 0).Select(load => KubermaticFinding.Of(
            load.Seed,
            string.Create(CultureInfo.InvariantCulture, $"{load.Load.BlockingClusters.Count} of {load.Load.Limit} slots are occupied for ever by {NameList.Some(load.Load.BlockingClusters)}") + (load.Load.IsStopped ? ": it reconciles no other cluster" : ""),
            load.Load.IsStopped ? ReadinessSeverity.Blocking : ReadinessSeverity.Advisory));
        return ReadinessOutcome.Of(clusters.Found.Count, "user cluster", [.. findings]) with { Unread = clusters.Unread };
    }
}
