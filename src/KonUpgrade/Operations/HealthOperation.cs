using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Health;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Checks whether a cluster is well.</summary>
internal static class HealthOperation
{
    /// <summary>Gives a check as it comes out, or at the end whether the cluster is well.</summary>
    public static async IAsyncEnumerable<object> RunAsync(
        ClusterRequest cluster, IReadOnlyList<string> namespaces, ReadinessRequest request, WaitRequest? wait, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var checks = CheckAsync(cluster, namespaces, request, wait, host, cancellationToken);
        await foreach (var told in ReadinessTelling.TellAsync(checks, request.Quiet, blocking => ReadinessTelling.Verdict("NotHealthy", $"is not well{WaitRequest.Told(wait)}", blocking), host, cancellationToken).ConfigureAwait(false))
            yield return told;
    }

    private static async IAsyncEnumerable<ReadinessCheck> CheckAsync(
        ClusterRequest cluster, IReadOnlyList<string> namespaces, ReadinessRequest request, WaitRequest? wait, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var selection = new CheckSelection(request.Include, request.Exclude);
        var chosen = await request.System.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        var all = SystemChecks.Health(chosen.Catalog.Descriptions);
        // A word that no check has is wrong whatever the cluster is.
        _ = selection.Of(all, []);
        var source = await cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            var survey = await ClusterSurvey.BeginAsync(source, namespaces, cancellationToken).ConfigureAwait(false);
            await using var closing = survey.ConfigureAwait(false);
            var system = chosen.OnlyOneOn(survey.Name, survey.Catalog, host);
            var selected = selection.Of([.. HealthChecks.All, .. system is null ? [] : SystemChecks.HealthOf(system.Description)], all.Select(check => check.Rule.Id));
            var checks = HealthRun.RunAsync(survey, selected, wait?.ToWait(), host, request.ThrottleLimit, cancellationToken);
            await foreach (var check in checks.ConfigureAwait(false))
                yield return check;
        }
    }
}
