using KonUpgrade.Engine.Nodepools.Pods;

namespace KonUpgrade.Engine.Nodepools.Draining.Filters;

/// <summary>The rules in kubectl's order (pkg/drain/filters.go, makeFilters): the first that says no is the last that is asked.</summary>
internal sealed class PodFilters
{
    private readonly IReadOnlyList<IPodFilter> _filters;

    public PodFilters(DrainOptions options, IReadOnlyDictionary<(string Namespace, string Name), DaemonSetState> daemonSets, DateTimeOffset now)
        : this([
            new TerminatingFilter(options.SkipWaitForDeleteTimeout, now),
            new DaemonSetFilter(daemonSets, options.Force),
            new MirrorPodFilter(),
            new EmptyDirFilter(options.DeleteEmptyDirData),
            new UnmanagedFilter(options.Force),
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
