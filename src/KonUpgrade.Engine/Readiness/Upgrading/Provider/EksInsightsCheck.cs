using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Configuration.Converting;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Provider;

/// <summary>
/// What EKS has found about the cluster itself: the insights of upgrades up to the target, of what is set up badly, and, where
/// the service knows them, of what stands in the way of going back. EKS may refuse an upgrade for an ERROR.
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
        using var eks = await EksSubject.OpenAsync(subject.Blue, subject.Reporter, cancellationToken).ConfigureAwait(false);
        if (eks is null)
            return EksSubject.NotOne(subject.Blue);
        var insights = new List<InsightSummary>();
        await foreach (var insight in eks.Client.ListInsightsAsync(eks.ClusterName, [InsightCategory.UpgradeReadiness, InsightCategory.Misconfiguration], cancellationToken).ConfigureAwait(false))
        {
            if (IsAbout(insight, subject))
                insights.Add(insight);
        }
        await AddRollbackAsync(eks, insights, subject.Reporter, cancellationToken).ConfigureAwait(false);
        var findings = new List<ReadinessFinding>();
        foreach (var summary in insights.Where(insight => insight.InsightStatus?.IsPassing != true))
            findings.Add(Told(eks, await eks.Client.DescribeInsightAsync(eks.ClusterName, summary.Id, cancellationToken).ConfigureAwait(false), subject));
        return ReadinessOutcome.Of(insights.Count, "insight", findings);
    }

    // An upgrade's insight is of the version that it leads to: those of hops that are not gone say nothing about this one.
    private static bool IsAbout(InsightSummary insight, UpgradeSurvey subject) =>
        insight.Category != InsightCategory.UpgradeReadiness
        || insight.KubernetesVersion is not { } text || TargetVersion.TryParse(text) is not { } version
        || (version.Minor > subject.Blue.Version.Minor && version.Minor <= subject.Target.Minor);

    // The category is newer than the others, and a service that does not know it refuses to list it.
    private static async Task AddRollbackAsync(EksSubject eks, List<InsightSummary> insights, IReporter reporter, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var insight in eks.Client.ListInsightsAsync(eks.ClusterName, [InsightCategory.RollbackReadiness], cancellationToken).ConfigureAwait(false))
                insights.Add(insight);
        }
        catch (EksException e) when (e.Failure.Id is "EksInvalidParameter" or "EksInvalidRequest" or "EksInvalidState")
        {
            reporter.Verbose($"{eks.Name}: EKS tells no insights of {InsightCategory.RollbackReadiness}. {e.Failure.Message}");
        }
    }

    private static ReadinessFinding Told(EksSubject eks, Insight insight, UpgradeSurvey subject)
    {
        var things = insight.Resources.Where(one => one.InsightStatus?.IsPassing != true).Select(one => one.KubernetesResourceUri ?? one.Arn).OfType<string>().ToList();
        var status = insight.InsightStatus?.Status ?? "UNKNOWN";
        return eks.Finding(
            insight.Name ?? insight.Id,
            $"{status}{(insight.Category == InsightCategory.UpgradeReadiness && insight.KubernetesVersion is { } version ? $" for {version}" : "")}: {(insight.InsightStatus?.Reason ?? insight.Description ?? "no reason is told").TrimEnd('.')}{(things.Count > 0 ? $" ({NameList.Some(things, 3)})" : "")}",
            status == "ERROR" && insight.Category != InsightCategory.RollbackReadiness ? subject.WhenDrained : ReadinessSeverity.Advisory,
            insight.Recommendation is { Length: > 0 } advice ? advice : null,
            insight.LastTransitionTime);
    }
}
