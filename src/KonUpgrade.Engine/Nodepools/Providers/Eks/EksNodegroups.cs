using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools.Nodes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Providers.Eks;

/// <summary>The managed node groups of a cluster in EKS. Their nodes are those that carry the service's own label.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="access">The way to EKS; its owner disposes it.</param>
/// <param name="reporter">Told of waits and decisions.</param>
/// <param name="time">The clock; null for the real one.</param>
public sealed class EksNodegroups(ClusterConnection cluster, EksAccess access, IReporter reporter, TimeProvider? time = null) : INodepoolKeeper
{
    /// <summary>The provider's name.</summary>
    public const string ProviderName = "EKS";

    /// <summary>The label that the service gives every node of a group.</summary>
    public const string NodeLabel = "eks.amazonaws.com/nodegroup";

    // A change of sizes and labels is a matter of seconds, unlike the updates that the service's own interval is for.
    private static readonly TimeSpan s_configInterval = TimeSpan.FromSeconds(3);

    // What it takes at the most; a change of the version goes on for hours, and is not waited for.
    private static readonly TimeSpan s_configTimeout = TimeSpan.FromMinutes(5);

    // The service lets an account describe a few at a time.
    private const int DescribedAtOnce = 4;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly EksWaiter _waiter = new(access.Client, reporter, time);
    private Cluster? _proven;

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Nodepool>> ListAsync(CancellationToken cancellationToken)
    {
        var nodes = await NodeList.ReadAsync(cluster.Client, NodeLabel, cancellationToken).ConfigureAwait(false);
        var uid = (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid;
        return
        [
            .. (await GroupsAsync(cancellationToken).ConfigureAwait(false))
                .OrderBy(group => group.NodegroupName, StringComparer.Ordinal)
                .Select(group => Pool(group, uid, nodes.Where(node => node.Labels.GetValueOrDefault(NodeLabel) == group.NodegroupName))),
        ];
    }

    /// <inheritdoc/>
    public async Task<Nodepool?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (await GroupAsync(name, cancellationToken).ConfigureAwait(false) is not { } group)
            return null;
        var nodes = await NodeList.ReadAsync(cluster.Client, Selector(name), cancellationToken).ConfigureAwait(false);
        return Pool(group, (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid, nodes);
    }

    /// <inheritdoc/>
    public async Task<NodepoolShape> CompleteAsync(string name, NodepoolShape given, Nodepool? like, CancellationToken cancellationToken, bool mayExist = false)
    {
        // First: another cluster would only refuse the login, which says less.
        var told = await ProveAsync(cancellationToken).ConfigureAwait(false);
        var own = (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid;
        var others = await GroupsAsync(cancellationToken).ConfigureAwait(false);
        // The same call is to have the same parameters: what it made the first time says nothing of them.
        if (mayExist)
            others = [.. others.Where(group => group.NodegroupName != name)];
        return new NodegroupPlan(told, others) { IsElsewhere = like is not null && (like.ClusterUid is null || like.ClusterUid != own) }.Complete(name, given, like);
    }

    /// <inheritdoc/>
    public async Task CreateAsync(string name, NodepoolShape shape, string? token, CancellationToken cancellationToken)
    {
        await ProveAsync(cancellationToken).ConfigureAwait(false);
        await access.Client.CreateNodegroupAsync(NodegroupShape.Request(access.ClusterName, name, shape, token), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<string> ConfigureAsync(Nodepool pool, NodepoolConfiguration change, CancellationToken cancellationToken)
    {
        await ProveAsync(cancellationToken).ConfigureAwait(false);
        return (await access.Client.UpdateNodegroupConfigAsync(NodegroupShape.Request(access.ClusterName, pool.Name, change), cancellationToken).ConfigureAwait(false)).Id;
    }

    /// <inheritdoc/>
    public async Task<string> UpdateVersionAsync(Nodepool pool, NodepoolVersion version, CancellationToken cancellationToken)
    {
        await ProveAsync(cancellationToken).ConfigureAwait(false);
        return (await access.Client.UpdateNodegroupVersionAsync(NodegroupShape.Request(access.ClusterName, pool.Name, version), cancellationToken).ConfigureAwait(false)).Id;
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(Nodepool pool, CancellationToken cancellationToken)
    {
        await ProveAsync(cancellationToken).ConfigureAwait(false);
        // Only the one that was looked at: another may have its name by now.
        if (await IdleAsync(pool, cancellationToken).ConfigureAwait(false) is not { } group || group.Status == NodegroupStatus.Deleting)
            return;
        try
        {
            await access.Client.DeleteNodegroupAsync(access.ClusterName, pool.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceNotFoundException)
        {
            reporter.Verbose($"The node group {pool.Name} is gone already.");
        }
    }

    /// <inheritdoc/>
    public Task WaitActiveAsync(string name, NodepoolWaitOptions options, CancellationToken cancellationToken) =>
        _waiter.NodegroupActiveAsync(access.ClusterName, name, Options(options), cancellationToken);

    /// <inheritdoc/>
    public Task WaitUpdatedAsync(Nodepool pool, string updateId, NodepoolWaitOptions options, CancellationToken cancellationToken) =>
        _waiter.UpdateSuccessfulAsync(access.ClusterName, updateId, pool.Name, Options(options), cancellationToken);

    /// <inheritdoc/>
    public Task WaitRemovedAsync(Nodepool pool, NodepoolWaitOptions options, CancellationToken cancellationToken) =>
        _waiter.NodegroupDeletedAsync(access.ClusterName, pool.Name, pool.Id, Options(options), cancellationToken);

    /// <inheritdoc/>
    public Task<NodepoolGrowth?> HoldGrowthAsync(Nodepool pool, CancellationToken cancellationToken) => ChangeGrowthAsync(pool, NodegroupHold.Hold, cancellationToken);

    /// <inheritdoc/>
    public Task<NodepoolGrowth?> ReleaseGrowthAsync(Nodepool pool, CancellationToken cancellationToken) => ChangeGrowthAsync(pool, NodegroupHold.Release, cancellationToken);

    /// <summary>Proves, once, that the service's cluster is the one that is connected.</summary>
    /// <exception cref="UpgradeException">EksClusterMismatch, or what the service says.</exception>
    internal async Task<Cluster> ProveAsync(CancellationToken cancellationToken) => _proven ??= await access.RequireSameAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>The name of the Auto Scaling group that the service made for a group; null where there is none yet.</summary>
    internal async Task<string?> ScalingGroupAsync(string name, CancellationToken cancellationToken) =>
        (await GroupAsync(name, cancellationToken).ConfigureAwait(false))?.Resources?.AutoScalingGroups is { Count: > 0 } scaling ? scaling[0].Name : null;

    private static string Selector(string name) => $"{NodeLabel}={name}";

    private static EksWaitOptions Options(NodepoolWaitOptions options) => new() { Interval = options.Interval, Timeout = options.Timeout, ParentActivity = options.ParentActivity };

    private static bool IsSame(Nodegroup group, Nodepool pool) => pool.Id is null || group.NodegroupArn is null || group.NodegroupArn == pool.Id;

    private async Task<NodepoolGrowth?> ChangeGrowthAsync(
        Nodepool pool, Func<Nodegroup, (NodepoolConfiguration Change, NodepoolGrowth Growth)?> change, CancellationToken cancellationToken)
    {
        if (await IdleAsync(pool, cancellationToken).ConfigureAwait(false) is not { } group || !NodegroupHold.IsChangeable(group) || change(group) is not var (asked, growth))
            return null;
        var update = await ConfigureAsync(pool, asked, cancellationToken).ConfigureAwait(false);
        // The group can't be changed otherwise, nor deleted, before that has ended.
        await WaitUpdatedAsync(pool, update, new NodepoolWaitOptions { Interval = s_configInterval }, cancellationToken).ConfigureAwait(false);
        return growth;
    }

    // What another process began must have ended: the service begins no second change of a group, nor deletes it meanwhile.
    private async Task<Nodegroup?> IdleAsync(Nodepool pool, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        while (true)
        {
            if (await GroupAsync(pool.Name, cancellationToken).ConfigureAwait(false) is not { } group || !IsSame(group, pool))
                return null;
            if (group.Status != NodegroupStatus.Updating || _time.GetElapsedTime(begun) >= s_configTimeout)
                return group;
            reporter.Verbose($"The node group {pool.Name} is {group.Status}: that is waited for.");
            await Task.Delay(s_configInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Nodegroup?> GroupAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await access.Client.DescribeNodegroupAsync(access.ClusterName, name, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceNotFoundException e) when (e.Failure.Id == "NodegroupNotFound")
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<Nodegroup>> GroupsAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var name in access.Client.ListNodegroupsAsync(access.ClusterName, cancellationToken).ConfigureAwait(false))
            names.Add(name);
        var groups = new Nodegroup?[names.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, names.Count),
            new ParallelOptions { MaxDegreeOfParallelism = DescribedAtOnce, CancellationToken = cancellationToken },
            async (index, token) => groups[index] = await GroupAsync(names[index], token).ConfigureAwait(false)).ConfigureAwait(false);
        return [.. groups.OfType<Nodegroup>()];
    }

    private Nodepool Pool(Nodegroup group, string? uid, IEnumerable<NodeFacts> nodes)
    {
        var pool = NodepoolView.Of(cluster.Context.Name, uid, ProviderName, group.NodegroupName, Selector(group.NodegroupName), nodes);
        return pool with
        {
            Id = group.NodegroupArn,
            Status = group.Status,
            Issues = [.. (group.Health?.Issues ?? []).Select(issue => issue.ToString())],
            Shape = NodegroupShape.Of(group),
            Offers = NodepoolOffers.Create | NodepoolOffers.Remove | NodepoolOffers.Resize | NodepoolOffers.Update,
            MinSize = group.ScalingConfig?.MinSize,
            MaxSize = group.ScalingConfig?.MaxSize,
            DesiredSize = group.ScalingConfig?.DesiredSize,
            InstanceType = pool.InstanceType.Count > 0 ? pool.InstanceType : group.InstanceTypes,
        };
    }
}
