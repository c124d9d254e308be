using System.Globalization;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Which pools of a cluster are meant.</summary>
internal sealed record NodepoolRequest(ClusterRequest Cluster, IReadOnlyList<NamePattern> Names, string? Selector)
{
    /// <summary>The one that came in; null where the command line describes them.</summary>
    public NodepoolTarget? Target { get; init; }
}

/// <summary>Gets, suspends and resumes pools: finds them, asks once for each with counts, lets the engine work, and tells how it ended.</summary>
internal static class NodepoolOperation
{
    private const int DefaultThrottle = 8;

    /// <summary>Gives the pools.</summary>
    public static async IAsyncEnumerable<Nodepool> GetAsync(NodepoolRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cluster = await request.Cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            foreach (var (pool, _) in await FindAsync(request, cluster, host, cancellationToken).ConfigureAwait(false))
                yield return pool;
        }
    }

    /// <summary>Gives one change for each pool; with -WhatIf the plan of each.</summary>
    public static async IAsyncEnumerable<object> SuspendAsync(
        NodepoolRequest request, DrainOptions options, ScriptBlock? health, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cluster = await request.Cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            foreach (var (pool, provider) in await FindAsync(request, cluster, host, cancellationToken).ConfigureAwait(false))
            {
                var drainer = new NodepoolDrainer(cluster, provider, pool, options, new NodepoolHost(host, health));
                var plan = await drainer.PrepareAsync(cancellationToken).ConfigureAwait(false);
                switch (await host.AskToProcessAsync($"{pool.Name} of {cluster.Context.Name}", Action(plan), cancellationToken).ConfigureAwait(false))
                {
                    case ProcessAnswer.WhatIf:
                        yield return plan;
                        continue;
                    case ProcessAnswer.No:
                        continue;
                }

                var change = await drainer.RunAsync(cancellationToken).ConfigureAwait(false);
                yield return change;
                host.Information($"Pool {change}: {Counts(change)}.");
                if (change.Action is NodepoolChangeAction.Failed or NodepoolChangeAction.Restored)
                    host.Error(Incomplete(change, resumes: false));
            }
        }
    }

    /// <summary>Gives one change for each pool.</summary>
    public static async IAsyncEnumerable<NodepoolChange> ResumeAsync(
        NodepoolRequest request, int? throttleLimit, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cluster = await request.Cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
        {
            foreach (var (pool, provider) in await FindAsync(request, cluster, host, cancellationToken).ConfigureAwait(false))
            {
                var resumer = new NodepoolResumer(cluster, provider, pool, throttleLimit ?? DefaultThrottle, host);
                var suspended = await resumer.PrepareAsync(cancellationToken).ConfigureAwait(false);
                var action = string.Create(CultureInfo.InvariantCulture, $"Resume {suspended} of {pool.NodeCount} nodes");
                if (suspended > 0 && !await host.ShouldProcessAsync($"{pool.Name} of {cluster.Context.Name}", action, cancellationToken).ConfigureAwait(false))
                    continue;
                var change = await resumer.RunAsync(cancellationToken).ConfigureAwait(false);
                yield return change;
                host.Information($"Pool {change}: {Counts(change)}.");
                if (change.Action == NodepoolChangeAction.Failed)
                    host.Error(Incomplete(change, resumes: true));
            }
        }
    }

    // A pool that came in is looked at anew: its nodes are those that it has now.
    private static async Task<IReadOnlyList<(Nodepool Pool, INodepoolProvider Provider)>> FindAsync(
        NodepoolRequest request, ClusterConnection cluster, IPipelineHost host, CancellationToken cancellationToken)
    {
        await GivenIdentity.RequireAsync(cluster, request.Target?.ClusterUid, cancellationToken).ConfigureAwait(false);
        if (request.Target is { } target && target.Provider != LabelledNodes.ProviderName)
            throw new UpgradeException(UnknownProvider(target));
        var provider = new LabelledNodes(cluster, request.Selector);
        var pools = await provider.ListAsync(cancellationToken).ConfigureAwait(false);
        if (request.Selector is { } selector && pools.Count == 0)
            throw new UpgradeException(NodepoolFailures.NodesNotFound(cluster.Context.Name, selector, selector));
        var named = request.Names.Count == 0 ? pools : [.. pools.Where(pool => request.Names.Any(name => name.Matches(pool.Name)))];
        foreach (var name in request.Names.Where(name => !name.IsWild && !named.Any(pool => name.Matches(pool.Name))))
            host.Error(NodepoolFailures.NameNotFound(cluster.Context.Name, name.Text, pools));
        // The name that it came in with stays its name.
        return [.. named.Select(pool => (request.Target is null ? pool : pool with { Name = request.Target.Name }, (INodepoolProvider)provider))];
    }

    private static string Action(NodepoolDrainPlan plan)
    {
        var words = new List<string> { string.Create(CultureInfo.InvariantCulture, $"cordon {plan.Nodes.Count} nodes") };
        foreach (var (count, word) in new[] { (plan.EvictCount, "evict"), (plan.DeleteCount, "delete"), (plan.LeaveCount, "leave"), (plan.RefusedCount, "refuse") })
        {
            if (count > 0)
                words.Add(string.Create(CultureInfo.InvariantCulture, $"{word} {count} pods"));
        }
        return $"Suspend: {string.Join(", ", words)}";
    }

    private static Failure Incomplete(NodepoolChange change, bool resumes) => new()
    {
        Id = resumes ? "ResumeIncomplete" : "DrainIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"Pool {change.Name} of {change.Context} was not {(resumes ? "resumed" : "drained")} wholly: {Counts(change)}.{(change.Failure is { } first ? $" First: {first.Message}" : "")}",
        Recommendation = $"{change.Failure?.Recommendation} Each node has its Failures, each pod its own. Run the same command again: what is done is not done twice.".TrimStart(),
        Target = change.Name,
    };

    private static string Counts(NodepoolChange change)
    {
        var nodes = change.Nodes.GroupBy(node => node.Action).OrderBy(group => group.Key)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} nodes {group.Key.ToString().ToLowerInvariant()}"));
        var failed = change.Nodes.Sum(node => node.FailedCount);
        var pods = change.PodCount + failed > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {change.PodCount} pods gone, {failed} not") : "";
        return (change.Nodes.Count > 0 ? string.Join(", ", nodes) : "no node") + pods;
    }

    private static Failure UnknownProvider(NodepoolTarget target) => new()
    {
        Id = "ProviderNotKnown",
        Kind = FailureKind.NotSupported,
        Message = $"The pool {target.Name} is kept by '{target.Provider}', which is not known here.",
        Recommendation = "Give its nodes' label selector with -Selector.",
        Target = target.Name,
    };
}
