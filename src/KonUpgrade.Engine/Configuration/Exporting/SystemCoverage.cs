using System.Collections.Concurrent;
using System.Text.Json;
using KonUpgrade.Engine.Configuration.Selecting;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>What of a cluster a system does not carry, though an export of the whole cluster would.</summary>
public static class SystemCoverage
{
    // Enough to say that there is much. A kind is not read further than that.
    private const int Enough = 1000;

    // What controllers make, nearly all of it: reading it would cost the most and tell the least.
    private static readonly HashSet<string> s_children = new(StringComparer.Ordinal)
    {
        "Pod", "Endpoints", "ReplicaSet.apps", "ControllerRevision.apps", "EndpointSlice.discovery.k8s.io",
    };

    /// <summary>Counts, kind by kind.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="system">The system.</param>
    /// <param name="whole">The system that carries everything, by whose rules is counted.</param>
    /// <param name="selection">What of the cluster is meant.</param>
    /// <param name="reporter">Told of kinds that could not be counted.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The kinds of which there is something, most first.</returns>
    public static async Task<IReadOnlyList<UncoveredKind>> CountAsync(
        ClusterConnection cluster, SystemDescription system, SystemDescription whole, ClusterConfigSelection selection, IReporter reporter, CancellationToken cancellationToken)
    {
        system = await FoundNamespaces.FindAsync(cluster.Client, system, cancellationToken).ConfigureAwait(false);
        var catalog = await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var found = new ConcurrentBag<UncoveredKind>();
        await Parallel.ForEachAsync(
            ListPlan.Make(catalog, whole, selection).Kinds.Where(kind => IsUncovered(kind, system)),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken },
            async (kind, token) =>
            {
                try
                {
                    if (await CountAsync(cluster.Client, kind, system.Export, token).ConfigureAwait(false) is { Count: > 0 } counted)
                        found.Add(counted);
                }
                catch (UpgradeException e)
                {
                    reporter.Verbose($"{cluster.Context.Name}: {kind.Resource}: not counted: {e.Failure.Message}");
                }
            }).ConfigureAwait(false);
        return [.. found.OrderByDescending(kind => kind.Count).ThenBy(kind => kind.Kind, StringComparer.Ordinal)];
    }

    private static bool IsUncovered(KindPlan kind, SystemDescription system) =>
        kind.WholeKindReason is null
        && !s_children.Contains(kind.Resource.KindAndGroup)
        // Of a system that keeps to namespaces each kind may have something outside them.
        && (system.Export.Within is not null || !KindPattern.Matches(system.Export.Kinds, kind.Resource.Group, kind.Resource.Kind))
        && ManifestRules.ReasonForWholeKind(system, kind.Resource.Group, kind.Resource.Kind) is null;

    private static bool IsWithin(SystemExport system, KindPlan kind, KubernetesObject o) =>
        system.Within is { } within && system.HasKind(kind.Resource.Group, kind.Resource.Kind, kind.Resource.Namespaced)
        && system.Includes(kind.Resource.KindAndGroup, o.Namespace, o.Name) && within.Claims(o);

    // An object of which the rules can make nothing is there all the same.
    private static bool Travels(KindPlan kind, KubernetesObject o, RuleOutcome outcome)
    {
        try
        {
            kind.Rules.Apply(o, outcome);
            return outcome.LeftOutReason is null;
        }
        catch (Exception e) when (e is UpgradeException or InvalidOperationException or FormatException or JsonException or KeyNotFoundException)
        {
            return true;
        }
    }

    private static async Task<UncoveredKind> CountAsync(KubernetesClient client, KindPlan kind, SystemExport system, CancellationToken cancellationToken)
    {
        var outcome = new RuleOutcome();
        var count = 0;
        foreach (var list in kind.Lists)
        {
            await foreach (var o in client.ListAsync(kind.Resource, list, cancellationToken).ConfigureAwait(false))
            {
                using (o)
                {
                    if (!IsWithin(system, kind, o) && Travels(kind, o, outcome) && ++count > Enough)
                        return new UncoveredKind(kind.Resource.KindAndGroup, Enough, More: true);
                }
            }
        }
        return new UncoveredKind(kind.Resource.KindAndGroup, count, More: false);
    }
}

/// <summary>A kind of which a system carries nothing.</summary>
/// <param name="Kind">The kind, as <c>Deployment.apps</c>.</param>
/// <param name="Count">How many objects of it an export of the whole cluster would carry.</param>
/// <param name="More">Whether there are more than that.</param>
public sealed record UncoveredKind(string Kind, int Count, bool More);
