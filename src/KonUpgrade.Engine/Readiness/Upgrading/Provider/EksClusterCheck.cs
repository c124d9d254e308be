using System.Globalization;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Readiness.Upgrading.Versions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Provider;

/// <summary>
/// EKS itself says that the cluster and its node groups are well, that it offers the target, and that no change goes on: one change at a time is
/// all that it takes. What ails a blue that is left behind should be known; what ails green blocks.
/// </summary>
internal sealed class EksClusterCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "EksCluster",
        Title = "EKS calls the cluster and its node groups active, and changes neither",
        Category = ReadinessCategory.Provider,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Wait until the change has ended, or mend what the service names, and check again.",
        Documentation = "https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var findings = new List<ReadinessFinding>();
        var (clusters, groups) = (0, 0);
        foreach (var (survey, severity) in EksSubject.ClustersOf(subject))
        {
            using var eks = await EksSubject.OpenAsync(survey, subject.Reporter, cancellationToken).ConfigureAwait(false);
            if (eks is null)
                continue;
            clusters++;
            if (survey == subject.Blue)
                findings.AddRange(await VersionsAsync(eks, subject, cancellationToken).ConfigureAwait(false));
            findings.AddRange(OfCluster(eks, severity));
            findings.AddRange(await UpdatesAsync(eks, severity, cancellationToken).ConfigureAwait(false));
            await foreach (var name in eks.Client.ListNodegroupsAsync(eks.ClusterName, cancellationToken).ConfigureAwait(false))
            {
                groups++;
                findings.AddRange(OfGroup(eks, await eks.Client.DescribeNodegroupAsync(eks.ClusterName, name, cancellationToken).ConfigureAwait(false), severity));
            }
        }
        return clusters == 0 ? EksSubject.NotOne(subject.Blue) : new ReadinessOutcome
        {
            Examined = string.Create(CultureInfo.InvariantCulture, $"{clusters} cluster{(clusters == 1 ? "" : "s")} with {groups} node group{(groups == 1 ? "" : "s")}"),
            Findings = findings,
        };
    }

    private static IEnumerable<ReadinessFinding> OfCluster(EksSubject eks, ReadinessSeverity severity)
    {
        if (eks.Cluster.Status != ClusterStatus.Active)
            yield return eks.Finding(null, $"EKS calls it {eks.Cluster.Status ?? "nothing"}", severity);
        foreach (var issue in eks.Cluster.Health?.Issues ?? [])
            yield return eks.Finding(null, issue.ToString(), severity, EksIssues.Remedy([issue]));
        if (eks.Cluster.UpgradePolicy?.SupportType == "STANDARD")
        {
            yield return eks.Finding(
                null, $"its upgrade policy is STANDARD: EKS upgrades it by itself when the standard support of {eks.Cluster.Version} ends", ReadinessSeverity.Advisory,
                "Upgrade it before, or let it have extended support.");
        }
    }

    // Cluster and node groups come back to ACTIVE before a change is known to have ended: its own status decides.
    private static async Task<List<ReadinessFinding>> UpdatesAsync(EksSubject eks, ReadinessSeverity severity, CancellationToken cancellationToken)
    {
        var findings = new List<ReadinessFinding>();
        await foreach (var id in eks.Client.ListUpdatesAsync(eks.ClusterName, null, cancellationToken).ConfigureAwait(false))
        {
            var update = await eks.Client.DescribeUpdateAsync(eks.ClusterName, id, null, cancellationToken).ConfigureAwait(false);
            if (update.Status == UpdateStatus.InProgress)
                findings.Add(eks.Finding($"update {id}", $"a {update.Type ?? "change"} goes on", severity, since: update.CreatedAt));
        }
        return findings;
    }

    // A green that is there has its version already.
    private static async Task<List<ReadinessFinding>> VersionsAsync(EksSubject eks, UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var offered = new List<ClusterVersionInformation>();
        await foreach (var version in eks.Client.DescribeClusterVersionsAsync(cancellationToken).ConfigureAwait(false))
            offered.Add(version);
        var findings = new List<ReadinessFinding>();
        var target = VersionPathCheck.Text(subject.Target);
        if (subject.Green is null && !offered.Exists(version => version.ClusterVersion == target))
            findings.Add(eks.Finding(null, $"EKS does not offer {target}; it offers {NameList.Some([.. offered.Select(version => version.ClusterVersion)], 12)}", ReadinessSeverity.Blocking, "Choose a version that it offers."));
        if (offered.Find(version => version.ClusterVersion == eks.Cluster.Version) is { VersionStatus: not "STANDARD_SUPPORT" } now)
        {
            findings.Add(eks.Finding(
                null, string.Create(CultureInfo.InvariantCulture, $"its version {now.ClusterVersion} is in {now.VersionStatus}, which costs more, until {now.EndOfExtendedSupportDate?.UtcDateTime:yyyy-MM-dd}"), ReadinessSeverity.Advisory,
                "Upgrade it before EKS does so by itself."));
        }
        return findings;
    }

    private static IEnumerable<ReadinessFinding> OfGroup(EksSubject eks, Nodegroup group, ReadinessSeverity severity)
    {
        var thing = $"node group {group.NodegroupName}";
        var issues = group.Health?.Issues ?? [];
        if (group.Status != NodegroupStatus.Active)
            yield return eks.Finding(thing, $"EKS calls it {group.Status ?? "nothing"}{(EksIssues.Tell(issues) is { } told ? $": {told}" : "")}", severity, issues.Count > 0 ? EksIssues.Remedy(issues) : null);
        else if (EksIssues.Tell(issues) is { } told)
            yield return eks.Finding(thing, told, severity, EksIssues.Remedy(issues));
    }
}
