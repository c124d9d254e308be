using System.Globalization;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Changing;
using KonUpgrade.Engine.Nodepools.Waiting;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>How pools are changed: one of the two.</summary>
/// <param name="Pools">Which pools.</param>
/// <param name="Version">The version that their nodes are to have; null where the configuration is changed.</param>
/// <param name="Configuration">What is changed of how they are made.</param>
internal sealed record NodepoolUpdateRequest(NodepoolRequest Pools, NodepoolVersion? Version, NodepoolConfiguration Configuration)
{
    /// <summary>How long it is waited for; null for not at all.</summary>
    public NodepoolWaitOptions? Wait { get; init; }
}

/// <summary>Changes pools.</summary>
internal static class NodepoolUpdate
{
    /// <summary>Gives each pool as it is after its change; or, where that is not waited for, when it was begun.</summary>
    public static async IAsyncEnumerable<Nodepool> RunAsync(NodepoolUpdateRequest request, IPipelineHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var search = await NodepoolSearch.OpenAsync(request.Pools, host, cancellationToken).ConfigureAwait(false);
        await using (search.ConfigureAwait(false))
        {
            var offer = request.Version is null ? NodepoolOffers.Resize : NodepoolOffers.Update;
            var pools = await search.FindAsync(mayFallBack: false, cancellationToken).ConfigureAwait(false);
            await foreach (var each in search.EachAsync(pools, (kept, token) => UpdateAsync(request, search, search.KeeperOf(kept, offer), kept.Pool, host, token), failed: null, cancellationToken).ConfigureAwait(false))
                yield return each;
        }
    }

    private static async Task<Nodepool?> UpdateAsync(
        NodepoolUpdateRequest request, NodepoolSearch search, INodepoolKeeper keeper, Nodepool pool, IPipelineHost host, CancellationToken cancellationToken)
    {
        var updater = new NodepoolUpdater(search.Cluster, keeper, pool, new NodepoolHost(host, health: null));
        var target = $"{pool.Name} of {search.Cluster.Context.Name}";
        string update;
        var bringsNodes = true;
        if (request.Version is { } asked)
        {
            var version = updater.Complete(asked);
            if (!await host.ShouldProcessAsync(target, Words(version, pool), cancellationToken).ConfigureAwait(false))
                return null;
            host.Verbose($"{pool.Name}: its provider replaces the nodes itself. It drains each, and where a pod is not let go within 15 minutes {(version.Force ? "ends it by force" : "the update fails (PodEvictionFailure), and nodes that were replaced stay so")}.");
            update = await updater.RunAsync(version, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            var change = await updater.CompleteAsync(request.Configuration, cancellationToken).ConfigureAwait(false);
            if (!await host.ShouldProcessAsync(target, Words(change), cancellationToken).ConfigureAwait(false))
                return null;
            update = await updater.RunAsync(change, cancellationToken).ConfigureAwait(false);
            bringsNodes = change is not { MinSize: null, DesiredSize: null };
        }

        host.Information($"Pool {target}: the update {update} is under way.");
        if (request.Wait is { } wait)
            return search.Told(await new NodepoolWaiter(search.Cluster, host).UpdatedAsync(keeper, pool, update, bringsNodes, wait, cancellationToken).ConfigureAwait(false));
        return search.Told(await keeper.FindAsync(pool.Name, cancellationToken).ConfigureAwait(false) ?? pool);
    }

    private static string Words(NodepoolVersion version, Nodepool pool)
    {
        List<string> to = [version.Version is { } minor ? $"version {minor}" : "the cluster's version"];
        to.Add(version.ReleaseVersion is { } release ? $"image {release}" : "newest image");
        if ((version.LaunchTemplateName ?? version.LaunchTemplateId) is { } template)
            to.Add($"launch template {template}{(version.LaunchTemplateVersion is { } number ? $" version {number}" : "")}");
        return Text($"Update node pool: replace its {pool.NodeCount} nodes by ones of {string.Join(", ", to)}{(version.Force ? "; pods that no budget lets go are ended by force" : "")}");
    }

    private static string Words(NodepoolConfiguration change)
    {
        List<string> words = [];
        void Add(string what, object? value)
        {
            if (value is not null)
                words.Add($"{what} {Convert.ToString(value, CultureInfo.InvariantCulture)}");
        }

        Add("fewest nodes", change.MinSize);
        Add("most nodes", change.MaxSize);
        Add("nodes now", change.DesiredSize);
        if (change.Label is { Count: > 0 } labels)
            words.Add($"labels {string.Join(" ", labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"))}");
        if (change.RemoveLabel is { Count: > 0 } unlabelled)
            words.Add($"without labels {string.Join(" ", unlabelled)}");
        if (change.Taint is { Count: > 0 } taints)
            words.Add($"taints {string.Join(" ", taints)}");
        if (change.RemoveTaint is { Count: > 0 } untainted)
            words.Add($"without taints {string.Join(" ", untainted)}");
        Add("away at once", change.MaxUnavailable);
        Add("percent away at once", change.MaxUnavailablePercentage);
        Add("update strategy", change.UpdateStrategy);
        Add("node repair", change.NodeRepair switch { true => "on", false => "off", null => null });
        return $"Update node pool: {string.Join(", ", words)}";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
