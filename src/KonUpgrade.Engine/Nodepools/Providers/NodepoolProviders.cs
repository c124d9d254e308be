using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Providers.Eks;
using KonUpgrade.Engine.Nodepools.Providers.Konstellation;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Providers;

/// <summary>Where the pools of a cluster are looked for.</summary>
public sealed record NodepoolSource
{
    /// <summary>The label selector that makes one pool; null where providers are asked.</summary>
    public string? Selector { get; init; }

    /// <summary>The one provider that is asked; null for all that the cluster has.</summary>
    public string? Provider { get; init; }

    /// <summary>Region, login and URL for AWS, where they were given.</summary>
    public AwsOptions? Aws { get; init; }
}

/// <summary>A pool and who keeps it.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Provider">Its provider.</param>
public sealed record KeptNodepool(Nodepool Pool, INodepoolProvider Provider);

/// <summary>
/// The providers of a cluster: its system's and its cloud's, where the connection tells what the cloud calls it, and labels for
/// what no other keeps. A system that keeps pools by other means, as Juju does by its applications, joins here.
/// </summary>
public sealed class NodepoolProviders : IDisposable
{
    private readonly ClusterConnection _cluster;
    private readonly NodepoolSource _source;
    private readonly IReporter _reporter;
    private readonly EksAccess? _access;
    private readonly EksNodegroups? _groups;
    private readonly KonstellationNodepools? _konstellation;

    private NodepoolProviders(ClusterConnection cluster, NodepoolSource source, IReporter reporter, EksAccess? access, EksNodegroups? groups, KonstellationNodepools? konstellation)
    {
        (_cluster, _source, _reporter, _access, _groups, _konstellation) = (cluster, source, reporter, access, groups, konstellation);
        Keepers = source.Provider == KonstellationNodepools.ProviderName ? [konstellation!] : [.. new INodepoolKeeper?[] { konstellation, groups }.OfType<INodepoolKeeper>()];
    }

    /// <summary>The names of all providers.</summary>
    public static IReadOnlyList<string> Names { get; } = [EksNodegroups.ProviderName, KonstellationNodepools.ProviderName, LabelledNodes.ProviderName];

    /// <summary>Who makes pools, the one first who makes new ones; none where nobody can.</summary>
    public IReadOnlyList<INodepoolKeeper> Keepers { get; }

    /// <summary>Who makes new pools; null where nobody can.</summary>
    public INodepoolKeeper? Keeper => Keepers.Count > 0 ? Keepers[0] : null;

    /// <summary>Finds the providers: what the cluster serves is asked, and nothing of the providers yet.</summary>
    /// <exception cref="UpgradeException">ProviderNotKnown, NotAnEksCluster, KonstellationNotInstalled, or the cluster can't be asked.</exception>
    public static async Task<NodepoolProviders> OpenAsync(ClusterConnection cluster, NodepoolSource source, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(source);
        if (source.Provider is { } name && !Names.Contains(name, StringComparer.Ordinal))
            throw new UpgradeException(NodepoolFailures.ProviderNotKnown(name, Names));
        var isAsked = source.Selector is null && source.Provider != LabelledNodes.ProviderName && (source.Provider is not null || cluster.Eks is not null);
        if (!isAsked)
            return new NodepoolProviders(cluster, source, reporter, null, null, null);
        var access = EksAccess.Open(cluster, source.Aws, reporter);
        try
        {
            var groups = new EksNodegroups(cluster, access, reporter);
            if (source.Provider == EksNodegroups.ProviderName)
                return new NodepoolProviders(cluster, source, reporter, access, groups, null);
            var konstellation = await KonstellationNodepools.FindAsync(cluster, access, groups, reporter, cancellationToken).ConfigureAwait(false);
            if (konstellation is null && source.Provider is not null)
                throw new UpgradeException(KonstellationFailures.NotServed(cluster.Context.Name));
            return new NodepoolProviders(cluster, source, reporter, access, groups, konstellation);
        }
        catch
        {
            access.Dispose();
            throw;
        }
    }

    /// <summary>The pools, by name.</summary>
    /// <param name="mayFallBack">
    /// Whether, where the cloud can't be asked, pools are taken by their labels and a warning says so. Who changes pools does not
    /// want that: one that is drained could grow back.
    /// </param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">The cluster or a provider can't be asked.</exception>
    public async Task<IReadOnlyList<KeptNodepool>> ListAsync(bool mayFallBack, CancellationToken cancellationToken)
    {
        var labels = new LabelledNodes(_cluster, _source.Selector);
        if (Keeper is null)
            return Kept(labels, await labels.ListAsync(cancellationToken).ConfigureAwait(false));
        if (_source.Provider is not null)
            return Kept(Keeper, await Keeper.ListAsync(cancellationToken).ConfigureAwait(false));
        IReadOnlyList<KeptNodepool> kept;
        try
        {
            kept = _konstellation is null
                ? Kept(_groups!, await _groups!.ListAsync(cancellationToken).ConfigureAwait(false))
                : [.. (await _konstellation.ListAllAsync(cancellationToken).ConfigureAwait(false)).Select(pool => new KeptNodepool(pool, KeeperOf(pool)))];
        }
        catch (UpgradeException e) when (e is not KubernetesApiException)
        {
            var told = NodepoolFailures.ProviderNotAsked(_cluster.Context.Name, Keeper.Name, e.Failure);
            if (!mayFallBack)
                throw new UpgradeException(told, e);
            _reporter.Warning($"{told.Message} Its pools are taken by their labels alone.");
            return Kept(labels, await labels.ListAsync(cancellationToken).ConfigureAwait(false));
        }
        // What carries another pool's label: Karpenter's, or a group of one's own.
        var names = kept.Select(each => each.Pool.Selector).ToHashSet(StringComparer.Ordinal);
        var others = (await labels.ListAsync(cancellationToken).ConfigureAwait(false)).Where(pool => !names.Contains(pool.Selector));
        return [.. kept.Concat(Kept(labels, others)).OrderBy(each => each.Pool.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public void Dispose() => _access?.Dispose();

    private static IReadOnlyList<KeptNodepool> Kept(INodepoolProvider provider, IEnumerable<Nodepool> pools) => [.. pools.Select(pool => new KeptNodepool(pool, provider))];

    private INodepoolKeeper KeeperOf(Nodepool pool) => pool.Provider == KonstellationNodepools.ProviderName ? _konstellation! : _groups!;
}
