using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Provider;

/// <summary>
/// What EKS has found about the cluster itself: the insights of upgrades up to the target, of what is set up badly, and, where
/// the service knows them, of what stands in the way of going back. EKS may refuse an upgrade for an ERROR. Of a green that
/// takes over what is set up badly counts, since it is to serve as it is.
/// </summary>
internal sealed class EksInsightsCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "EksInsights",
        Title = "EKS finds nothing that stands in the way",
        Category = ReadinessCategory.Provider,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Do what the insight advises. EKS looks again once a day, or when it is asked to (aws eks start-insights-refresh).",
        Documentation = "https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var findings = new List<ReadinessFinding>();
        var (clusters, count) = (0, 0);
        foreach (var (survey, severity) in EksSubject.ClustersOf(subject))
        {
            using var eks = await EksSubject.OpenAsync(survey, subject.Reporter, cancellationToken).ConfigureAwait(false);
            if (eks is null)
                continue;
            clusters++;
            var insights = survey == subject.Blue
                ? await OfBlueAsync(eks, subject, cancellationToken).ConfigureAwait(false)
                : await ListAsync(eks, [InsightCategory.Misconfiguration], cancellationToken).ConfigureAwait(false);
            count += insights.Count;
            foreach (var summary in insights.Where(insight => insight.InsightStatus?.IsPassing != true))
                findings.Add(Told(eks, await eks.Client.DescribeInsightAsync(eks.ClusterName, summary.Id, cancellationToken).ConfigureAwait(false), severity));
        }

        return clusters == 0 ? EksSubject.NotOne(subject.Blue) : ReadinessOutcome.Of(count, "insight", findings);
    }

    private static async Task<List<InsightSummary>> OfBlueAsync(EksSubject eks, UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var insights = await ListAsync(eks, [InsightCategory.UpgradeReadiness, InsightCategory.Misconfiguration], cancellationToken).ConfigureAwait(false);
        insights.RemoveAll(insight => !IsAbout(insight, subject));
        insights.AddRange(await OfRollbackAsync(eks, subject.Reporter, cancellationToken).ConfigureAwait(false));
        return insights;
    }

    private static async Task<List<InsightSummary>> ListAsync(EksSubject eks, IReadOnlyList<string> categories, CancellationToken cancellationToken)
    {
        var insights = new List<InsightSummary>();
        await foreach (var insight in eks.Client.ListInsightsAsync(eks.ClusterName, categories, cancellationToken).ConfigureAwait(false))
            insights.Add(insight);
        return insights;
    }

    // An upgrade's insight is of the version that it leads to: those of hops that are not gone say nothing about this one.
    private static bool IsAbout(InsightSummary insight, UpgradeSurvey subject) =>
        insight.Category != InsightCategory.UpgradeReadiness
        || insight.KubernetesVersion is not { } text || TargetVersion.TryParse(text) is not { } version
        || (version.Minor > subject.Blue.Version.Minor && version.Minor <= subject.Target.Minor);

    // The category is newer than the others, and a service that does not know it refuses to list it.
    private static async Task<List<InsightSummary>> OfRollbackAsync(EksSubject eks, IReporter reporter, CancellationToken cancellationToken)
    {
        try
        {
            return await ListAsync(eks, [InsightCategory.RollbackReadiness], cancellationToken).ConfigureAwait(false);
        }
        catch (EksException e) when (e.Failure.Id is "EksInvalidParameter" or "EksInvalidRequest" or "EksInvalidState")
        {
            reporter.Verbose($"{eks.Name}: EKS tells no insights of {InsightCategory.RollbackReadiness}. {e.Failure.Message}");
            return [];
        }
    }

    private static ReadinessFinding Told(EksSubject eks, Insight insight, ReadinessSeverity severity)
    {
        var things = insight.Resources.Where(one => one.InsightStatus?.IsPassing != true).Select(one => one.KubernetesResourceUri ?? one.Arn).OfType<string>().ToList();
        var status = insight.InsightStatus?.Status ?? "UNKNOWN";
        return eks.Finding(
            insight.Name ?? insight.Id,
            $"{status}{(insight.Category == InsightCategory.UpgradeReadiness && insight.KubernetesVersion is { } version ? $" for {version}" : "")}: {(insight.InsightStatus?.Reason ?? insight.Description ?? "no reason is told").TrimEnd('.')}{(things.Count > 0 ? $" ({NameList.Some(things, 3)})" : "")}",
            status == "ERROR" && insight.Category != InsightCategory.RollbackReadiness ? severity : ReadinessSeverity.Advisory,
            insight.Recommendation is { Length: > 0 } advice ? advice : null,
            insight.LastTransitionTime);
    }
}
