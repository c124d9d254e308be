using KonUpgrade.Engine.Nodepools.Pods;

namespace KonUpgrade.Engine.Nodepools.Draining.Filters;

/// <summary>The rules in kubectl's order (pkg/drain/filters.go, makeFilters): the first that says no is the last that is asked.</summary>
internal sealed class PodFilters
{
    private readonly IReadOnlyList<IPodFilter> _filters;

    /// <summary>All rules.</summary>
    /// <param name="force">Whether pods go that no controller brings back.</param>
    /// <param name="deleteEmptyDirData">Whether pods go whose emptyDir data goes with them.</param>
    /// <param name="skipAfter">Pods that should have been gone for longer than this are passed over; zero passes over none.</param>
    /// <param name="daemonSets">The DaemonSets that pods say they belong to.</param>
    /// <param name="now">The time.</param>
    public PodFilters(
        bool force, bool deleteEmptyDirData, TimeSpan skipAfter, IReadOnlyDictionary<(string Namespace, string Name), DaemonSetState> daemonSets, DateTimeOffset now)
        : this([
            new TerminatingFilter(skipAfter, now),
            new DaemonSetFilter(daemonSets, force),
            new MirrorPodFilter(),
            new EmptyDirFilter(deleteEmptyDirData),
            new UnmanagedFilter(force),
        ])
    {
    }

    public PodFilters(IReadOnlyList<IPodFilter> filters) => _filters = filters;

    /// <summary>Asks the rules.</summary>
    /// <returns>The word of the rule that was asked last, and what any of them warned of.</returns>
    public (PodVerdict Verdict, IReadOnlyList<string> Warnings) Judge(PodFacts pod)
    {
        var verdict = PodVerdict.Go;
        List<string>? warnings = null;
        foreach (var filter in _filters)
        {
            verdict = filter.Judge(pod);
            // kubectl forgets what an earlier rule warned of; lost data is worth more than that.
            if (verdict.Warning is { } warning)
                (warnings ??= []).Add(warning);
            if (!verdict.Goes)
                break;
        }
        return (verdict, warnings ?? []);
    }
}
