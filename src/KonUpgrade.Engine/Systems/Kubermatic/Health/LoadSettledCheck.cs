using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>No user cluster is left to be reconciled on any seed.</summary>
internal sealed class LoadSettledCheck : IReadinessCheck<KubermaticSurvey>
{
    public ReadinessRule Rule { get; } = KubermaticRule.Of(
        "KubermaticLoadSettled",
        "Every user cluster is reconciled by the version of Kubermatic",
        ReadinessCategory.System,
        "Wait: Get-ReconcileLimit tells how much remains, and which clusters fail.");

    public async Task<ReadinessOutcome> RunAsync(KubermaticSurvey subject, CancellationToken cancellationToken)
    {
        var clusters = await subject.ClustersAsync(cancellationToken).ConfigureAwait(false);
        var findings = new List<ReadinessFinding>();
        foreach (var load in await SeedLoads.OfAsync(subject, clusters, cancellationToken).ConfigureAwait(false))
        {
            if (load.Load.RemainingLoad > 0)
            {
                findings.Add(KubermaticFinding.Of(load.Seed, string.Create(CultureInfo.InvariantCulture, $"{load.Load.InProgress} clusters are in progress and {load.Load.Waiting} wait")
                    + (load.Load.Failing > 0 ? $"; failing: {NameList.Some(load.Load.FailingClusters)}" : "")));
            }
        }
        return ReadinessOutcome.Of(clusters.Found.Count, "user cluster", findings) with { Unread = clusters.Unread };
    }
}
