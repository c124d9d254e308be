using System.Globalization;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>Gets, suspends and resumes pools: finds them, asks once for each with counts, lets the engine work, and tells how it ended.</summary>
internal static class NodepoolOperation
{
    private const int DefaultThrottle = 8;

    /// <summary>Gives the pools.</summary>
    public static async IAsyncEnumerable<Nodepool> GetAsync(NodepoolRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var search = await NodepoolSearch.OpenAsync(request, host, cancellationToken).ConfigureAwait(false);
        await using (search.ConfigureAwait(false))
        {
            foreach (var (pool, _) in await search.FindAsync(mayFallBack: true, cancellationToken).ConfigureAwait(false))
                yield return search.Told(pool);
        }
    }

    /// <summary>Gives one change for each pool; with -WhatIf the plan of each.</summary>
    public static async IAsyncEnumerable<object> SuspendAsync(
        NodepoolRequest request, DrainOptions options, ScriptBlock? health, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var search = await NodepoolSearch.OpenAsync(request, host, cancellationToken).ConfigureAwait(false);
        await using (search.ConfigureAwait(false))
        {
            var cluster = search.Cluster;
            foreach (var (pool, provider) in await search.FindAsync(mayFallBack: false, cancellationToken).ConfigureAwait(false))
            {
                var drainer = new NodepoolDrainer(cluster, provider, pool, options, new NodepoolHost(host, health));
                var plan = await drainer.PrepareAsync(cancellationToken).ConfigureAwait(false);
                switch (await host.AskToProcessAsync($"{pool.Name} of {cluster.Context.Name}", $"Suspend: {Words(plan)}", cancellationToken).ConfigureAwait(false))
                {
                    case ProcessAnswer.WhatIf:
                        yield return plan;
                        continue;
                    case ProcessAnswer.No:
                        continue;
                }

                var change = await drainer.RunAsync(cancellationToken).ConfigureAwait(false);
                yield return search.Told(change);
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
        var search = await NodepoolSearch.OpenAsync(request, host, cancellationToken).ConfigureAwait(false);
        await using (search.ConfigureAwait(false))
        {
            var cluster = search.Cluster;
            foreach (var (pool, provider) in await search.FindAsync(mayFallBack: false, cancellationToken).ConfigureAwait(false))
            {
                var resumer = new NodepoolResumer(cluster, provider, pool, throttleLimit ?? DefaultThrottle, host);
                var suspended = await resumer.PrepareAsync(cancellationToken).ConfigureAwait(false);
                var action = string.Create(CultureInfo.InvariantCulture, $"Resume {suspended} of {pool.NodeCount} nodes{(pool.Shape?.MaxSize > pool.MaxSize ? $", and let it have {pool.Shape.MaxSize} nodes again" : "")}");
                // One that its provider keeps may have been kept from growing whatever its nodes say.
                if ((suspended > 0 || provider is INodepoolKeeper) && !await host.ShouldProcessAsync($"{pool.Name} of {cluster.Context.Name}", action, cancellationToken).ConfigureAwait(false))
                    continue;
                var change = await resumer.RunAsync(cancellationToken).ConfigureAwait(false);
                yield return search.Told(change);
                host.Information($"Pool {change}: {Counts(change)}.");
                if (change.Action == NodepoolChangeAction.Failed)
                    host.Error(Incomplete(change, resumes: true));
            }
        }
    }

    /// <summary>What a drain does, with counts.</summary>
    public static string Words(NodepoolDrainPlan plan)
    {
        var words = new List<string> { string.Create(CultureInfo.InvariantCulture, $"cordon {plan.Nodes.Count} nodes") };
        foreach (var (count, word) in new[] { (plan.EvictCount, "evict"), (plan.DeleteCount, "delete"), (plan.LeaveCount, "leave"), (plan.RefusedCount, "refuse") })
        {
            if (count > 0)
                words.Add(string.Create(CultureInfo.InvariantCulture, $"{word} {count} pods"));
        }
        return string.Join(", ", words);
    }

    private static Failure Incomplete(NodepoolChange change, bool resumes) => new()
    {
        Id = resumes ? "ResumeIncomplete" : "DrainIncomplete",
        Kind = FailureKind.Incomplete,
        Message = $"Pool {change.Name} of {change.Context} was not {(resumes ? "resumed" : "drained")} wholly: {Counts(change)}.{(change.Failure is { } first ? $" First: {first.Message}" : "")}",
        Recommendation = $"{change.Failure?.Recommendation} Each node has its Failures, each pod its own. Run the same command again: what is done is not done twice.".TrimStart(),
        Target = change.Name,
    };

    /// <summary>What became of nodes and pods, with counts.</summary>
    public static string Counts(NodepoolChange change)
    {
        var nodes = change.Nodes.GroupBy(node => node.Action).OrderBy(group => group.Key)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} nodes {group.Key.ToString().ToLowerInvariant()}"));
        var failed = change.Nodes.Sum(node => node.FailedCount);
        var pods = change.PodCount + failed > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {change.PodCount} pods gone, {failed} not") : "";
        return (change.Nodes.Count > 0 ? string.Join(", ", nodes) : "no node") + pods;
    }
}
