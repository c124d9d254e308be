using System.Runtime.CompilerServices;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Live;

/// <summary>Requests that the API server has counted. Who made them it does not tell.</summary>
internal sealed class MetricEvidence(Inspection inspection) : IEvidenceSource
{
    /// <inheritdoc/>
    public string Name => "the API server's metrics";

    /// <inheritdoc/>
    public string? NotAsked => inspection.Filter.TakesClusterWide ? null : "they are of no namespace";

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeprecatedApi> FindAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var metrics = new RequestMetrics();
        await foreach (var line in inspection.Cluster.Client.ReadMetricsAsync(cancellationToken).ConfigureAwait(false))
            metrics.Take(line);
        foreach (var (group, version, resource, removedIn, requests) in metrics.Deprecated)
        {
            var apiVersion = group.Length == 0 ? version : $"{group}/{version}";
            var kind = inspection.KindOf(group, version, resource);
            if (!inspection.Filter.Includes(apiVersion, kind))
                continue;
            // What the table does not have, the server calls deprecated all the same: versions of custom kinds, too.
            var verdict = inspection.Judge.Of(apiVersion, kind)
                ?? inspection.Judge.Told(removedIn) with { Replacement = inspection.Catalog.FindPreferred(group, kind)?.ApiVersion is { } preferred && preferred != apiVersion ? preferred : null };
            yield return inspection.Finding(verdict, apiVersion, kind, DeprecatedApiEvidence.RequestMetric) with { Requests = requests, Since = metrics.Since };
        }
    }
}
