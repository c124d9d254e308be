using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Live;

/// <summary>Requests that EKS has counted over the last 30 days, by client: the cluster's upgrade insights.</summary>
internal sealed class InsightEvidence(Inspection inspection) : IEvidenceSource
{
    /// <inheritdoc/>
    public string Name => "the upgrade insights of EKS";

    /// <inheritdoc/>
    public string? NotAsked => inspection.Cluster.Eks is null ? "nothing tells that it is a cluster of EKS" : inspection.Filter.TakesClusterWide ? null : "they are of no namespace";

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeprecatedApi> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var access = EksAccess.Open(inspection.Cluster, inspection.Options.Aws, inspection.Reporter);
        // Another cluster's insights would be no evidence.
        await access.RequireSameAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var summary in access.Client.ListInsightsAsync(access.ClusterName, [InsightCategory.UpgradeReadiness], cancellationToken).ConfigureAwait(false))
        {
            if (summary.InsightStatus?.IsPassing == true)
                continue;
            var insight = await access.Client.DescribeInsightAsync(access.ClusterName, summary.Id, cancellationToken).ConfigureAwait(false);
            foreach (var detail in insight.CategorySpecificSummary?.DeprecationDetails ?? [])
            {
                foreach (var found in Findings(detail, insight))
                    yield return found;
            }
        }
    }

    private IEnumerable<DeprecatedApi> Findings(DeprecationDetail detail, Insight insight)
    {
        if (Read(detail.Usage) is not var (group, version, resource))
            yield break;
        var apiVersion = group.Length == 0 ? version : $"{group}/{version}";
        var kind = inspection.KindOf(group, version, resource);
        if (!inspection.Filter.Includes(apiVersion, kind))
            yield break;
        var verdict = inspection.Judge.Of(apiVersion, kind) ?? inspection.Judge.Told(detail.StopServingVersion ?? "") with
        {
            Replacement = Read(detail.ReplacedWith) is var (g, v, _) ? g.Length == 0 ? v : $"{g}/{v}" : null,
        };
        foreach (var client in detail.ClientStats)
        {
            if (inspection.IsTooOld(client.LastRequestTime))
                continue;
            yield return inspection.Finding(verdict, apiVersion, kind, DeprecatedApiEvidence.EksInsight, client.UserAgent) with
            {
                LastSeen = client.LastRequestTime,
                Requests = client.NumberOfRequestsLast30Days,
                Since = insight.LastRefreshTime?.AddDays(-30),
            };
        }

        // Without a client only what the insight marks is in use; the others are merely what it looked for.
        if (detail.ClientStats.Count == 0 && insight.Resources.Any(one => one.KubernetesResourceUri == detail.Usage && one.InsightStatus?.IsPassing == false))
            yield return inspection.Finding(verdict, apiVersion, kind, DeprecatedApiEvidence.EksInsight);
    }

    // /apis/policy/v1beta1/podsecuritypolicies, /api/v1/endpoints
    private static (string Group, string Version, string Resource)? Read(string? path) => path?.Trim('/').Split('/') switch
    {
        ["apis", var group, var version, var resource, ..] => (group, version, resource),
        ["api", var version, var resource, ..] => ("", version, resource),
        _ => null,
    };
}
