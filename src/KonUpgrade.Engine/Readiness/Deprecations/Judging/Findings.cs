using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Judging;

/// <summary>Makes findings of verdicts, with what to do about each by what shows it.</summary>
internal static class Findings
{
    /// <summary>A finding.</summary>
    /// <param name="verdict">What is to be said of the version.</param>
    /// <param name="target">What it is judged by, as messages call it.</param>
    /// <param name="apiVersion">The group and version in use.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="evidence">What shows it.</param>
    /// <param name="client">Who uses it, or null.</param>
    public static DeprecatedApi Of(ApiVerdict verdict, string target, string apiVersion, string kind, DeprecatedApiEvidence evidence, string? client = null) => new()
    {
        Severity = verdict.Severity,
        ApiVersion = apiVersion,
        Kind = kind,
        DeprecatedIn = verdict.DeprecatedIn,
        RemovedIn = verdict.RemovedIn,
        Replacement = verdict.Replacement,
        Change = verdict.Change,
        Convertible = verdict.Convertible,
        Remedy = Remedy(verdict, evidence, client),
        Evidence = evidence,
        Client = client,
        Target = target,
        Documentation = verdict.Documentation,
    };

    private static string Remedy(ApiVerdict verdict, DeprecatedApiEvidence evidence, string? client)
    {
        var instead = verdict.Replacement is { } replacement ? $"in {replacement}" : "in a version that stays";
        // Where nothing came in its place, the way out is the same whoever uses it.
        if (verdict is { Replacement: null, Remedy: { } remedy })
            return remedy;
        return evidence switch
        {
            DeprecatedApiEvidence.RequestMetric =>
                $"Find who asks (the audit log marks the requests with k8s.io/deprecated), and let it ask {instead}.",
            DeprecatedApiEvidence.EksInsight => $"Update {client ?? "the client"}, so that it asks {instead}.",
            DeprecatedApiEvidence.ManagedFields => $"Update what {client ?? "the manager"} works from (its program, chart or manifests), so that it writes {instead}.",
            DeprecatedApiEvidence.LastApplied => $"Apply the object's manifest {instead}{Converts(verdict)}.",
            DeprecatedApiEvidence.HelmRelease =>
                $"Upgrade the release with a chart that renders it {instead}, before the version goes; afterwards Helm can't, until its plugin mapkubeapis has rewritten the release.",
            _ when verdict.Convertible => $"Convert-ClusterConfig converts it to {verdict.Replacement}.",
            _ when verdict.Replacement is not null => $"Write it {instead}: its fields are in other places, and nothing here knows where they go.",
            _ => "Remove it, or write it in a version that stays.",
        };
    }

    private static string Converts(ApiVerdict verdict) => verdict.Convertible ? "; Convert-ClusterConfig converts it" : "";
}
