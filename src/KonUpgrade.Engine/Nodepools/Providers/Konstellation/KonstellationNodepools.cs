using System.Globalization;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Nodes;
using KonUpgrade.Engine.Nodepools.Providers.Eks;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Providers.Konstellation;

/// <summary>
/// The pools of Konstellation: each a Nodepool, by which kon knows it, and the node group of its name in EKS, which has its nodes.
/// Both are made, changed and removed together, in kon's order: the Nodepool first, and last. What is begun is written on the
/// Nodepool, so that whoever is killed between the two is carried on from. The sizes that a node group has while it is held
/// from growing are not written into its Nodepool: neither kon nor the operator sets them anew from there.
/// </summary>
public sealed class KonstellationNodepools : INodepoolKeeper
{
    /// <summary>The provider's name.</summary>
    public const string ProviderName = "Konstellation";

    /// <summary>The status of a pool whose Nodepool is there and whose node group is not.</summary>
    public const string GroupMissing = "NO_NODEGROUP";

    private const int LongestName = 63;

    // kon looks every five seconds. What removes a node group and is not us removes its Nodepool right after, or never.
    private static readonly TimeSpan s_objectInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_objectTimeout = TimeSpan.FromMinutes(2);

    private readonly ClusterConnection _cluster;
    private readonly EksAccess _access;
    private readonly EksNodegroups _groups;
    private readonly NodepoolObjects _objects;
    private readonly IReporter _reporter;
    private readonly TimeProvider _time;

    private KonstellationNodepools(ClusterConnection cluster, EksAccess access, EksNodegroups groups, NodepoolObjects objects, IReporter reporter, TimeProvider? time) =>
        (_cluster, _access, _groups, _objects, _reporter, _time) = (cluster, access, groups, objects, reporter, time ?? TimeProvider.System);

    /// <inheritdoc/>
    public string Name => ProviderName;

    private string Context => _cluster.Context.Name;

    /// <summary>The pools of a cluster's Konstellation.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="access">The way to EKS; its owner disposes it.</param>
    /// <param name="groups">Its node groups.</param>
    /// <param name="reporter">Told of waits and decisions.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="time">The clock; null for the real one.</param>
    /// <returns>Null where the cluster does not serve Nodepools.</returns>
    /// <exception cref="UpgradeException">The cluster can't be asked.</exception>
    public static async Task<KonstellationNodepools?> FindAsync(
        ClusterConnection cluster, EksAccess access, EksNodegroups groups, IReporter reporter, CancellationToken cancellationToken, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(access);
        var catalog = await cluster.Client.KnownCatalogAsync(cancellationToken).ConfigureAwait(false);
        return NodepoolObjects.Served(catalog) is { } resource
            ? new KonstellationNodepools(cluster, access, groups, new NodepoolObjects(cluster.Client, catalog, resource, access.ClusterName), reporter, time)
            : null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Nodepool>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await ListAllAsync(cancellationToken).ConfigureAwait(false)).Where(pool => pool.Provider == ProviderName)];

    /// <summary>The pools of Konstellation, and the node groups that have no Nodepool, as their own provider tells them.</summary>
    /// <exception cref="UpgradeException">The cluster or the service can't be asked.</exception>
    public async Task<IReadOnlyList<Nodepool>> ListAllAsync(CancellationToken cancellationToken)
    {
        // In this order a pool that is being made, or removed, meanwhile is never taken for a node group alone.
        var groups = await _groups.ListAsync(cancellationToken).ConfigureAwait(false);
        var objects = await _objects.ListAsync(cancellationToken).ConfigureAwait(false);
        var all = groups.Select(group => objects.TryGetValue(group.Name, out var there) ? Pool(there, group) : group).ToList();
        var known = groups.Select(group => group.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var there in objects.Values.Where(there => !known.Contains(there.Name)))
            all.Add(await PoolAsync(there, cancellationToken).ConfigureAwait(false));
        return [.. all.OrderBy(pool => pool.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async Task<Nodepool?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var group = await _groups.FindAsync(name, cancellationToken).ConfigureAwait(false);
        if (await _objects.FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } there)
            return null;
        return group is null ? await PoolAsync(there, cancellationToken).ConfigureAwait(false) : Pool(there, group);
    }

    /// <inheritdoc/>
    public async Task<NodepoolShape> CompleteAsync(string name, NodepoolShape given, Nodepool? like, CancellationToken cancellationToken, bool mayExist = false)
    {
        RequireName(name);
        // One that was announced is carried on with, where its node group is not there: else that is told to be there below.
        if (!mayExist && await _objects.FindAsync(name, cancellationToken).ConfigureAwait(false) is { Announced: null })
            throw new UpgradeException(KonstellationFailures.Exists(Context, name, await _groups.FindAsync(name, cancellationToken).ConfigureAwait(false) is not null));
        var own = (await _cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid;
        var plan = new KonstellationPlan(await FactsAsync(cancellationToken).ConfigureAwait(false), _access.ClusterName, await _cluster.Client.GetVersionAsync(cancellationToken).ConfigureAwait(false))
        {
            Like = like,
            IsHere = like?.ClusterUid is { } uid && uid == own,
        };
        var completed = await _groups.CompleteAsync(name, plan.Asked(given), like, cancellationToken, mayExist).ConfigureAwait(false);
        var shape = plan.Made(name, given, completed);
        if (NodepoolSpec.Unsaid(shape) is { Count: > 0 } unsaid)
            _reporter.Warning($"{name} has {string.Join(", ", unsaid)}: its node group gets that, and its Nodepool of Konstellation has no words for it.");
        if (NodepoolSpec.IsOpen(shape))
            _reporter.Warning($"SSH to the nodes of {name} is let in from everywhere (connectFromAnywhere), since no security group is named.");
        return shape;
    }

    /// <inheritdoc/>
    public async Task CreateAsync(string name, NodepoolShape shape, string? token, CancellationToken cancellationToken)
    {
        await _groups.ProveAsync(cancellationToken).ConfigureAwait(false);
        var isThere = await _groups.FindAsync(name, cancellationToken).ConfigureAwait(false) is not null;
        var announced = await AnnounceAsync(name, shape, isThere, cancellationToken).ConfigureAwait(false);
        try
        {
            await _groups.CreateAsync(name, shape, token, cancellationToken).ConfigureAwait(false);
        }
        catch (EksException e) when (!isThere && e.IsRefusal)
        {
            await WithdrawAsync(announced, cancellationToken).ConfigureAwait(false);
            throw;
        }
        // An order that the service knows from before is answered though what it made may be gone: as long as the group is not seen, the
        // Nodepool says that it is to be made.
        if (await _groups.FindAsync(name, cancellationToken).ConfigureAwait(false) is not null)
            await MadeAsync(announced, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<string> ConfigureAsync(Nodepool pool, NodepoolConfiguration change, CancellationToken cancellationToken)
    {
        RequireGroup(pool);
        var patch = NodepoolSpec.Change(change);
        // Whether the Nodepool may be changed is asked before the node group is.
        if (patch is not null)
            await _objects.PatchAsync(pool.Name, patch, dryRun: true, cancellationToken).ConfigureAwait(false);
        var update = await _groups.ConfigureAsync(pool, change, cancellationToken).ConfigureAwait(false);
        if (patch is not null)
        {
            await _objects.PatchAsync(pool.Name, patch, dryRun: false, cancellationToken).ConfigureAwait(false);
            _reporter.Verbose($"The Nodepool {pool.Name} has the sizes, too: {JsonTree.Text(patch["spec"])}.");
        }
        return update;
    }

    /// <inheritdoc/>
    public async Task<string> UpdateVersionAsync(Nodepool pool, NodepoolVersion version, CancellationToken cancellationToken)
    {
        RequireGroup(pool);
        return await _groups.UpdateVersionAsync(pool, version, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(Nodepool pool, CancellationToken cancellationToken)
    {
        await _groups.ProveAsync(cancellationToken).ConfigureAwait(false);
        var group = await _groups.FindAsync(pool.Name, cancellationToken).ConfigureAwait(false);
        var there = await _objects.FindAsync(pool.Name, cancellationToken).ConfigureAwait(false);
        if (group is not null && group.Id != pool.Id)
        {
            _reporter.Verbose($"The node group {pool.Name} is another one than was meant, and stays.");
            return;
        }

        if (group is null)
        {
            if (there is not null && IsOf(there, pool))
                await DeleteAsync(there, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (there is not null && (there.Removing != group.Id || there.Announced is not null))
            await _objects.PatchAsync(there.Name, NodepoolObject.Removal(group.Id), dryRun: false, cancellationToken).ConfigureAwait(false);
        await _groups.RemoveAsync(pool, cancellationToken).ConfigureAwait(false);
        _reporter.Verbose($"The Nodepool {pool.Name} goes when its node group is gone: what waits for that takes it away, or Remove-Nodepool when it is run again.");
    }

    /// <inheritdoc/>
    public async Task WaitActiveAsync(string name, NodepoolWaitOptions options, CancellationToken cancellationToken)
    {
        if (await FindAsync(name, cancellationToken).ConfigureAwait(false) is { Status: GroupMissing })
            throw new UpgradeException(KonstellationFailures.GroupMissing(Context, name));
        await _groups.WaitActiveAsync(name, options, cancellationToken).ConfigureAwait(false);
        await SettleAsync(name, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task WaitUpdatedAsync(Nodepool pool, string updateId, NodepoolWaitOptions options, CancellationToken cancellationToken) =>
        _groups.WaitUpdatedAsync(pool, updateId, options, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>The Nodepool of a pool that we remove is deleted here, as kon does it: after the node group is gone.</remarks>
    public async Task WaitRemovedAsync(Nodepool pool, NodepoolWaitOptions options, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        await _groups.WaitRemovedAsync(pool, options, cancellationToken).ConfigureAwait(false);
        var most = options.Timeout is { } all ? all - _time.GetElapsedTime(begun) : s_objectTimeout;
        var since = _time.GetTimestamp();
        while (true)
        {
            if (await _objects.FindAsync(pool.Name, cancellationToken).ConfigureAwait(false) is not { } there
                || !IsOf(there, pool)
                || await _groups.FindAsync(pool.Name, cancellationToken).ConfigureAwait(false) is not null)
            {
                return;
            }

            if (there.Removing is { } removed && removed == pool.Id)
            {
                await DeleteAsync(there, cancellationToken).ConfigureAwait(false);
                return;
            }

            if (_time.GetElapsedTime(since) >= most)
                throw new UpgradeException(KonstellationFailures.ObjectLeft(Context, pool.Name));
            await Task.Delay(options.Interval ?? s_objectInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task<NodepoolGrowth?> HoldGrowthAsync(Nodepool pool, CancellationToken cancellationToken) => _groups.HoldGrowthAsync(pool, cancellationToken);

    /// <inheritdoc/>
    public Task<NodepoolGrowth?> ReleaseGrowthAsync(Nodepool pool, CancellationToken cancellationToken) => _groups.ReleaseGrowthAsync(pool, cancellationToken);

    // A Nodepool that was announced after the pool was looked at is a new one's.
    private static bool IsOf(NodepoolObject there, Nodepool pool) => pool.Id is null || there.Announced is null;

    private static void RequireName(string name)
    {
        if (name.Length is 0 or > LongestName || !name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-') || name[0] == '-' || name[^1] == '-')
            throw new UpgradeException(KonstellationFailures.NameInvalid(name));
    }

    private static IReadOnlyList<string> Differences(NodepoolObject there, Nodepool group)
    {
        // Of a group that is held from growing, what it could have before.
        var (min, max) = (group.MinSize, group.Shape?.MaxSize);
        return (there.Spec.MinSize ?? min, there.Spec.MaxSize ?? max) == (min, max)
            ? []
            : [string.Create(CultureInfo.InvariantCulture, $"Its Nodepool says {there.Spec.MinSize} to {there.Spec.MaxSize} nodes, its node group {min} to {max}")];
    }

    private static Nodepool Pool(NodepoolObject there, Nodepool group) => group with { Provider = ProviderName, Issues = [.. group.Issues, .. Differences(there, group)] };

    // The Nodepool alone. Of a pool that is being removed it has the id still, so that it is not taken for another one.
    private async Task<Nodepool> PoolAsync(NodepoolObject there, CancellationToken cancellationToken)
    {
        var selector = $"{EksNodegroups.NodeLabel}={there.Name}";
        var nodes = await NodeList.ReadAsync(_cluster.Client, selector, cancellationToken).ConfigureAwait(false);
        var uid = (await _cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid;
        var shape = there.Announced ?? there.Spec;
        var pool = NodepoolView.Of(Context, uid, ProviderName, there.Name, selector, nodes);
        return pool with
        {
            Id = there.Removing,
            Status = GroupMissing,
            Issues =
            [
                there.Removing is not null ? "Its node group was removed, and its Nodepool is left: Remove-Nodepool takes it away"
                    : there.Announced is not null ? "Its creation was interrupted before its node group was made: the command that began it carries on"
                    : "EKS has no node group of its name",
            ],
            Shape = shape,
            Offers = NodepoolOffers.Create | NodepoolOffers.Remove | NodepoolOffers.Resize | NodepoolOffers.Update,
            MinSize = shape.MinSize,
            MaxSize = shape.MaxSize,
            DesiredSize = shape.DesiredSize,
            InstanceType = pool.InstanceType.Count > 0 ? pool.InstanceType : shape.InstanceType ?? [],
        };
    }

    private async Task<ClusterFacts> FactsAsync(CancellationToken cancellationToken)
    {
        var (facts, others) = await _objects.ClusterAsync(cancellationToken).ConfigureAwait(false);
        if (facts is null)
        {
            _reporter.Warning(others.Count == 0
                ? $"{Context} has no ClusterConfig: role and subnets of new pools are those of its node groups."
                : $"The ClusterConfig of {Context} is that of {string.Join(", ", others)}, and EKS calls the cluster {_access.ClusterName}: role and subnets of new pools are not taken from it.");
        }
        return facts ?? ClusterFacts.None;
    }

    private async Task<NodepoolObject> AnnounceAsync(string name, NodepoolShape shape, bool isThere, CancellationToken cancellationToken)
    {
        var there = await _objects.FindAsync(name, cancellationToken).ConfigureAwait(false);
        // A node group without a Nodepool is another one's, who does not know Konstellation.
        if (there is null && isThere)
            throw new UpgradeException(KonstellationFailures.Exists(Context, name, hasGroup: true));
        if (there is null && await _objects.AnnounceAsync(name, shape, cancellationToken).ConfigureAwait(false) is { } made)
        {
            _reporter.Verbose($"The Nodepool {name} is written; its node group is made next.");
            return made;
        }

        there ??= await _objects.FindAsync(name, cancellationToken).ConfigureAwait(false);
        if (there is null || (there.Announced is null && !isThere))
            throw new UpgradeException(KonstellationFailures.Exists(Context, name, isThere));
        if (!isThere)
        {
            _reporter.Verbose($"The Nodepool {name} was written by a run that was interrupted; its node group is made now.");
            await _objects.PatchAsync(name, NodepoolObject.Announcement(shape), dryRun: false, cancellationToken).ConfigureAwait(false);
        }
        return there;
    }

    private async Task WithdrawAsync(NodepoolObject announced, CancellationToken cancellationToken)
    {
        try
        {
            await _objects.DeleteAsync(announced, cancellationToken).ConfigureAwait(false);
            _reporter.Verbose($"The Nodepool {announced.Name} is taken away again, since its node group is not made.");
        }
        catch (KubernetesApiException e)
        {
            _reporter.Warning($"The Nodepool {announced.Name} is left without a node group. {e.Failure.Message}");
        }
    }

    // After the node group is there: what says that it is to be made goes, and the status gets what kon writes into it. Neither is
    // needed by us, and who only waits may not be allowed to write.
    private async Task SettleAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            if (await _objects.FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } there)
                return;
            await MadeAsync(there, cancellationToken).ConfigureAwait(false);
            if (there.ScalingGroup is not null || await _groups.ScalingGroupAsync(name, cancellationToken).ConfigureAwait(false) is not { } scaling)
                return;
            var ready = (await _groups.FindAsync(name, cancellationToken).ConfigureAwait(false))?.ReadyCount ?? 0;
            await _objects.WriteScalingGroupAsync(there, scaling, ready, cancellationToken).ConfigureAwait(false);
            _reporter.Verbose($"The status of the Nodepool {name} names its Auto Scaling group, {scaling}.");
        }
        catch (KubernetesApiException e)
        {
            _reporter.Verbose($"The Nodepool {name} is not told of its Auto Scaling group. {e.Failure.Message}");
        }
    }

    private async Task MadeAsync(NodepoolObject there, CancellationToken cancellationToken)
    {
        if (there.Announced is not null)
            await _objects.PatchAsync(there.Name, NodepoolObject.Made(), dryRun: false, cancellationToken).ConfigureAwait(false);
    }

    private async Task DeleteAsync(NodepoolObject there, CancellationToken cancellationToken)
    {
        await _objects.DeleteAsync(there, cancellationToken).ConfigureAwait(false);
        _reporter.Verbose($"The Nodepool {there.Name} is deleted. Network interfaces and security groups that EKS may have left (tagged eks:nodegroup-name={there.Name}), which kon would delete, are not looked for.");
    }

    private void RequireGroup(Nodepool pool)
    {
        if (pool.Status == GroupMissing)
            throw new UpgradeException(KonstellationFailures.GroupMissing(Context, pool.Name));
    }
}
