using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Deprecations;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Upgrading.Apis;

/// <summary>
/// Nobody uses an API version that the target does not serve. Where green is there, what it serves decides. What this cluster
/// does not serve either was left behind by earlier upgrades, and this one changes nothing about it: it is told.
/// </summary>
internal sealed class DeprecatedApisCheck : IReadinessCheck<UpgradeSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "DeprecatedApis",
        Title = "Nobody uses an API version that the target does not serve",
        Category = ReadinessCategory.Api,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Change the clients and manifests to the version that takes its place; Find-DeprecatedApi tells every piece of evidence, Convert-ClusterConfig converts manifests.",
        Documentation = "https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(UpgradeSurvey subject, CancellationToken cancellationToken)
    {
        var target = subject.Green is { } green ? ApiTarget.Cluster(green.Name, green.Version, green.Catalog) : ApiTarget.Of(subject.Target);
        var warnings = new KeptWarnings(subject.Reporter);
        var finder = new DeprecatedApiFinder(new DeprecatedApiOptions { Target = target, Time = subject.Blue.Time }, warnings);
        var found = new Dictionary<string, List<DeprecatedApi>>(StringComparer.Ordinal);
        await foreach (var one in finder.FindAsync(subject.Blue.Cluster, cancellationToken).ConfigureAwait(false))
        {
            if (one.Severity == DeprecatedApiSeverity.Announced)
                continue;
            if (!found.TryGetValue($"{one}", out var evidence))
                found[$"{one}"] = evidence = [];
            evidence.Add(one);
        }
        return new ReadinessOutcome
        {
            Examined = $"the API versions in use on {subject.Name}",
            Findings = [.. found.Values.Select(evidence => Told(evidence, subject.Blue.Catalog)).OrderBy(finding => finding.Target, StringComparer.Ordinal)],
            Unread = [.. finder.UnreadSources, .. warnings.Besides(finder.UnreadSources).Select(warning => Incomplete(warning, subject.Name))],
        };
    }

    private static Failure Incomplete(string warning, string cluster) => new()
    {
        Id = "EvidenceIncomplete",
        Kind = FailureKind.Incomplete,
        Message = warning,
        Recommendation = "Give the login the right to list what is named; Find-DeprecatedApi tells what could be seen.",
        Target = cluster,
    };

    // The most telling evidence comes first.
    private static ReadinessFinding Told(List<DeprecatedApi> evidence, ApiCatalog blue)
    {
        var one = evidence.MinBy(api => api.Evidence)!;
        var isServed = blue.Find(ApiResource.GroupOf(one.ApiVersion), ApiResource.VersionOf(one.ApiVersion), one.Kind) is not null;
        var isGone = one.Severity == DeprecatedApiSeverity.Removed;
        return new ReadinessFinding
        {
            Target = $"{one}",
            ApiVersion = one.ApiVersion,
            Kind = one.Kind,
            Namespace = one.Namespace,
            Name = one.Name,
            Message = $"{one.Target} {(isGone ? "does not serve it" : "calls it deprecated")}{(isGone && !isServed ? ", and this cluster does not either" : "")}; {NameList.Some([.. evidence.OrderBy(api => api.Evidence).Select(Seen).Distinct(StringComparer.Ordinal)], 3)}",
            Severity = isGone && isServed ? ReadinessSeverity.Blocking : ReadinessSeverity.Advisory,
            Remedy = one.Remedy,
            Since = evidence.Max(api => api.LastSeen),
        };
    }

    private static string Seen(DeprecatedApi api) =>
        $"{Word(api.Evidence)}{(api.Client is { Length: > 0 } client ? $" by {client}" : "")}{(api.LastSeen is { } seen ? string.Create(CultureInfo.InvariantCulture, $" ({seen.UtcDateTime:yyyy-MM-dd})") : "")}";

    private static string Word(DeprecatedApiEvidence evidence) => evidence switch
    {
        DeprecatedApiEvidence.RequestMetric => "requested since the API server began",
        DeprecatedApiEvidence.EksInsight => "requested",
        DeprecatedApiEvidence.ManagedFields => "written",
        DeprecatedApiEvidence.LastApplied => "applied",
        DeprecatedApiEvidence.HelmRelease => "deployed",
        _ => "used",
    };
}
