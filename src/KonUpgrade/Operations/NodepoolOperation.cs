using System.Globalization;
using System.Management.Automation;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Providers;
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
            var pools = await search.FindAsync(mayFallBack: false, cancellationToken).ConfigureAwait(false);
            await foreach (var each in search.EachAsync<KeptNodepool, object>(pools, (kept, token) => SuspendAsync(search, kept, options, health, host, token), search.Failed, cancellationToken).ConfigureAwait(false))
            {
                yield return each;
                if (each is NodepoolChange { Action: NodepoolChangeAction.Failed or NodepoolChangeAction.Restored } failed)
                    host.Error(Incomplete(failed, resumes: false));
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
            var pools = await search.FindAsync(mayFallBack: false, cancellationToken).ConfigureAwait(false);
            await foreach (var each in search.EachAsync(pools, (kept, token) => ResumeAsync(search, kept, throttleLimit, host, token), search.Failed, cancellationToken).ConfigureAwait(false))
            {
                yield return each;
                if (each.Action == NodepoolChangeAction.Failed)
                    host.Error(Incomplete(each, resumes: true));
            }
        }
    }

    private static async Task<object?> SuspendAsync(
        NodepoolSearch search, KeptNodepool kept, DrainOptions options, ScriptBlock? health, IPipelineHost host, CancellationToken cancellationToken)
    {
        var drainer = new NodepoolDrainer(search.Cluster, kept.Provider, kept.Pool, options, new NodepoolHost(host, health));
        var plan = await drainer.PrepareAsync(cancellationToken).ConfigureAwait(false);
        var answer = await host.AskToProcessAsync($"{kept.Pool.Name} of {search.Cluster.Context.Name}", $"Suspend: {Words(plan)}", cancellationToken).ConfigureAwait(false);
        if (answer != ProcessAnswer.Yes)
            return answer == ProcessAnswer.WhatIf ? plan : null;
        var change = await drainer.RunAsync(cancellationToken).ConfigureAwait(false);
        host.Information($"Pool {change}: {Counts(change)}.");
        return search.Told(change);
    }

    private static async Task<NodepoolChange?> ResumeAsync(NodepoolSearch search, KeptNodepool kept, int? throttleLimit, IPipelineHost host, CancellationToken cancellationToken)
    {
        var (pool, provider) = kept;
        var resumer = new NodepoolResumer(search.Cluster, provider, pool, throttleLimit ?? DefaultThrottle, host);
        var suspended = await resumer.PrepareAsync(cancellationToken).ConfigureAwait(false);
        var action = string.Create(CultureInfo.InvariantCulture, $"Resume {suspended} of {pool.NodeCount} nodes{(pool.Shape?.MaxSize > pool.MaxSize ? $", and let it have {pool.Shape.MaxSize} nodes again" : "")}");
        // One that its provider keeps may have been kept from growing whatever its nodes say.
        if ((suspended > 0 || provider is INodepoolKeeper) && !await host.ShouldProcessAsync($"{pool.Name} of {search.Cluster.Context.Name}", action, cancellationToken).ConfigureAwait(false))
            return null;
        var change = await resumer.RunAsync(cancellationToken).ConfigureAwait(false);
        host.Information($"Pool {change}: {Counts(change)}.");
        return search.Told(change);
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
        Message = $"Pool {change.Name} of {change.Context} was not {(resumes ? "resumed" : "drained")}{(change.Nodes.Count > 0 ? " wholly" : "")}: {Told(change)}",
        Recommendation = $"{change.Failure?.Recommendation} {(resumes ? "Run the same command again: what is done is not done twice." : Next(change))}".Trim(),
        Target = change.Name,
    };

    /// <summary>What became of nodes and pods, with counts, and what went wrong first; of a pool that was not begun with, why.</summary>
    public static string Told(NodepoolChange change) => (change.Nodes.Count, change.Failure) switch
    {
        (0, { } failure) => failure.Message,
        (_, { } first) => $"{Counts(change)}. First: {first.Message}",
        _ => $"{Counts(change)}.",
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

    /// <summary>What is to be done when a drain was not whole; empty where nothing was touched.</summary>
    public static string Next(NodepoolChange change) => (change.Action, change.Nodes.Count) switch
    {
        (NodepoolChangeAction.Restored, _) => "Each node has its Failures, each pod its own. The pool takes pods again; run the same command when the cause is mended.",
        (_, > 0) => "Each node has its Failures, each pod its own. What is cordoned stays so: run the same command again, what is done is not done twice; or give the nodes back with Resume-Nodepool.",
        _ => "",
    };
}
