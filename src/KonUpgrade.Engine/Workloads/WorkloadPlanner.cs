using System.Collections.Concurrent;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>Finds the workloads that are meant and says what is to be done with each. Nothing is written.</summary>
internal sealed class WorkloadPlanner(ClusterConnection cluster, WorkloadOptions options, IReporter reporter, TimeProvider time)
{
    private const int KindsAtOnce = 4;
    private const string OtherOne = "It is not the one that came in: that one is gone, and another of the same name was made since.";

    private readonly ConcurrentBag<WorkloadStep> _steps = [];
    private readonly ConcurrentBag<Failure> _failures = [];

    /// <summary>The workloads, by kind and name.</summary>
    /// <returns>The workloads, and what could not be listed.</returns>
    public async Task<(IReadOnlyList<WorkloadStep> Steps, IReadOnlyList<Failure> Failures)> RunAsync(CancellationToken cancellationToken)
    {
        var catalog = await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        if (options.Objects is { } objects)
            await LookAsync(objects, catalog, cancellationToken).ConfigureAwait(false);
        else
            await ListAsync(catalog, cancellationToken).ConfigureAwait(false);
        var check = new ResumeCheck(cluster.Client, cluster.Context.Name, options.Force);
        var steps = new ConcurrentBag<WorkloadStep>();
        await Parallel.ForEachAsync(
            _steps,
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.ThrottleLimit), CancellationToken = cancellationToken },
            async (step, token) => steps.Add(await check.CheckAsync(step, token).ConfigureAwait(false))).ConfigureAwait(false);
        return (
            [
                .. steps.OrderBy(s => s.Change.Kind, StringComparer.Ordinal).ThenBy(s => s.Change.Namespace, StringComparer.Ordinal)
                    .ThenBy(s => s.Change.Name, StringComparer.Ordinal),
            ],
            [.. _failures]);
    }

    // A whole group that did not answer may have workloads in it.
    private IEnumerable<(ApiResource Resource, HoldMeans Means)> Kinds(ApiCatalog catalog)
    {
        foreach (var means in options.Means)
        {
            if (catalog.FindPreferred(means.Group, means.Kind) is { } resource)
                yield return (resource, means);
            else if (catalog.Failures.FirstOrDefault(f => ApiCatalog.GroupOf(f) == means.Group) is { } failure && !_failures.Contains(failure))
                _failures.Add(failure);
        }
    }

    private async Task ListAsync(ApiCatalog catalog, CancellationToken cancellationToken)
    {
        var selection = options.Selection;
        // An upgrade's selection is of what it moves: much of that is nothing that runs.
        var isMoved = options.Upgrade is not null;
        // What an upgrade has left is what is there: where a kind or a namespace is not, it has nothing.
        var isLeft = isMoved && (options.OnlyMade || options.Resume);
        var named = new HashSet<(string, string)>();
        foreach (var word in selection.Kind)
        {
            var means = options.Means.Where(m => Means(word, m)).Select(m => (m.Group, m.Kind)).ToList();
            var matches = catalog.Match(word).Select(r => (r.Group, r.Kind)).ToList();
            if (matches.Count == 0 && means.Count == 0 && !isMoved)
                throw new UpgradeException(HoldFailures.KindNotFound(word, cluster.Context.Name));
            named.UnionWith(means.Concat(matches.Where(k => options.Means.Any(m => (m.Group, m.Kind) == k))));
            if (!matches.Concat(means).Any(named.Contains) && !isMoved)
                throw new UpgradeException(HoldFailures.KindNotHeld(word, options.Means));
        }
        foreach (var group in selection.Group.Where(g => !isLeft && !catalog.Resources.Any(r => r.Group == ApiGroup.Of(g))))
            throw new UpgradeException(HoldFailures.GroupNotFound(group, cluster.Context.Name));
        if (!isLeft)
            await NamedNamespaces.CheckAsync(cluster, options.Selection.Namespace, reporter, cancellationToken).ConfigureAwait(false);
        var kinds = Kinds(catalog)
            .Where(k => (options.Classes & k.Means.Class) != 0)
            .Where(k => selection.Kind.Count == 0 || named.Contains((k.Means.Group, k.Means.Kind)))
            .Where(k => selection.Group.Count == 0 || selection.Group.Any(g => ApiGroup.Of(g) == k.Means.Group))
            .ToList();
        await Parallel.ForEachAsync(
            kinds,
            new ParallelOptions { MaxDegreeOfParallelism = KindsAtOnce, CancellationToken = cancellationToken },
            async (kind, token) => await ListAsync(kind.Resource, kind.Means, token).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private async Task ListAsync(ApiResource resource, HoldMeans means, CancellationToken cancellationToken)
    {
        var selection = options.Selection;
        List<string?> namespaces = selection.Namespace.Count > 0 ? [.. selection.Namespace.Distinct(StringComparer.Ordinal)] : [null];
        if (selection.Namespace.Count > 0 && !resource.Namespaced)
            return;
        var spared = 0;
        try
        {
            foreach (var ns in namespaces)
            {
                var list = new ListOptions { Namespace = ns, LabelSelector = selection.LabelSelector };
                await foreach (var o in cluster.Client.ListAsync(resource, list, cancellationToken).ConfigureAwait(false))
                {
                    using (o)
                    {
                        if (options.IsNamed?.Invoke(o.Name) == false)
                            continue;
                        if (ns is null && o.Namespace is { } own && options.IsProtected(own))
                            spared++;
                        else if (WorkloadStep.Of(o, resource, means, options, cluster.Context.Name, options.IsNamed is not null, time.GetUtcNow()) is { } step)
                            _steps.Add(step);
                    }
                }
            }
        }
        catch (KubernetesApiException e)
        {
            _failures.Add(e.Failure.Target is null ? e.Failure with { Target = resource.ToString() } : e.Failure);
        }
        if (spared > 0)
            reporter.Verbose($"{cluster.Context.Name}: {spared} {means.KindAndGroup} in namespaces of the cluster itself are left alone; -Namespace names them.");
    }

    // One that came in with its UID and without is one; of those that have had the name, each comes in by itself.
    private static IEnumerable<WorkloadName> Once(IReadOnlyList<WorkloadName> objects) => objects
        .GroupBy(name => name with { Uid = null, ApiVersion = null })
        .SelectMany(same => same.Any(name => name.Uid is not null) ? same.Where(name => name.Uid is not null).DistinctBy(name => name.Uid) : same.Take(1));

    private async Task LookAsync(IReadOnlyList<WorkloadName> objects, ApiCatalog catalog, CancellationToken cancellationToken)
    {
        var kinds = Kinds(catalog).ToList();
        var others = 0;
        var spared = 0;
        await Parallel.ForEachAsync(
            Once(objects),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.ThrottleLimit), CancellationToken = cancellationToken },
            async (name, token) =>
            {
                var (resource, means) = kinds.Find(k => k.Means.Kind == name.Kind && (name.Group is null || k.Means.Group == name.Group));
                if (resource is null && WhyNotServed(name, catalog) is { } absent)
                {
                    _steps.Add(absent);
                    return;
                }
                if (resource is null || (options.Classes & means.Class) == 0 || resource.Namespaced != (name.Namespace is not null)
                    || (options.Selection.Namespace.Count > 0 && (name.Namespace is null || !options.Selection.Namespace.Contains(name.Namespace))))
                {
                    Interlocked.Increment(ref others);
                    return;
                }
                if (name.Namespace is { } ns && options.IsProtected(ns) && !options.Selection.Namespace.Contains(ns))
                {
                    Interlocked.Increment(ref spared);
                    return;
                }
                await LookAsync(name, resource, means, token).ConfigureAwait(false);
            }).ConfigureAwait(false);
        if (others > 0)
            reporter.Verbose($"{cluster.Context.Name}: {others} objects that came in are no workloads that are meant.");
        if (spared > 0)
            reporter.Verbose($"{cluster.Context.Name}: {spared} workloads in namespaces of the cluster itself are left alone; -Namespace names them.");
    }

    private async Task LookAsync(WorkloadName name, ApiResource resource, HoldMeans means, CancellationToken cancellationToken)
    {
        var unknown = new WorkloadChange
        {
            Context = cluster.Context.Name,
            ApiVersion = resource.ApiVersion,
            Kind = resource.Kind,
            Namespace = name.Namespace,
            Name = name.Name,
            Class = means.Class,
            Action = WorkloadChangeAction.Skipped,
        };
        try
        {
            using var o = await cluster.Client.GetAsync(resource, name.Namespace, name.Name, cancellationToken).ConfigureAwait(false);
            if (o is null)
                _steps.Add(new WorkloadStep(resource, means, unknown with { Reason = await Absence.WhyAsync(cluster.Client, name.Namespace, "It is not there.", cancellationToken).ConfigureAwait(false) }, null, []));
            else if (name.Uid is { } meant && o.Uid != meant)
                _steps.Add(new WorkloadStep(resource, means, unknown with { Uid = o.Uid, Reason = OtherOne }, null, []));
            else if (WorkloadStep.Of(o, resource, means, options, cluster.Context.Name, named: true, time.GetUtcNow()) is { } step)
                _steps.Add(step);
        }
        catch (KubernetesApiException e)
        {
            var failure = Absence.IsOfKind(e) ? HoldFailures.KindNotServed(WorkloadStep.NameOf(unknown), means.KindAndGroup, cluster.Context.Name) : e.Failure;
            _steps.Add(new WorkloadStep(resource, means, WorkloadStep.Failed(unknown, failure), null, []));
        }
    }

    // A workload that was named, of a kind that can be held and that the cluster does not have.
    private WorkloadStep? WhyNotServed(WorkloadName name, ApiCatalog catalog)
    {
        if (options.Means.FirstOrDefault(m => m.Kind == name.Kind && (name.Group is null || m.Group == name.Group)) is not { } means || (options.Classes & means.Class) == 0)
            return null;
        var resource = new ApiResource { Group = means.Group, Version = "", Kind = means.Kind, Plural = "", Namespaced = name.Namespace is not null };
        var change = new WorkloadChange
        {
            Context = cluster.Context.Name,
            ApiVersion = name.ApiVersion ?? means.Group,
            Kind = name.Kind,
            Namespace = name.Namespace,
            Name = name.Name,
            Class = means.Class,
            Action = WorkloadChangeAction.Skipped,
            Reason = $"{cluster.Context.Name} does not serve {means.KindAndGroup}.",
        };
        var failure = catalog.Failures.FirstOrDefault(f => ApiCatalog.GroupOf(f) == means.Group);
        return new WorkloadStep(resource, means, failure is null ? change : WorkloadStep.Failed(change, failure), null, []);
    }

    private static bool Means(string word, HoldMeans means) =>
        string.Equals(word, means.Kind, StringComparison.OrdinalIgnoreCase) || string.Equals(word, means.KindAndGroup, StringComparison.OrdinalIgnoreCase);
}
