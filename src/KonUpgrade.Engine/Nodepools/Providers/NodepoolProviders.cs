using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Providers.Eks;
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
/// The providers of a cluster: its cloud's where the connection tells what the cloud calls it, and labels for what no other
/// keeps. A system that keeps pools by other means, as Juju does by its applications, joins here.
/// </summary>
public sealed class NodepoolProviders : IDisposable
{
    private readonly ClusterConnection _cluster;
    private readonly NodepoolSource _source;
    private readonly IReporter _reporter;
    private readonly EksAccess? _eks;

    private NodepoolProviders(ClusterConnection cluster, NodepoolSource source, IReporter reporter)
    {
        (_cluster, _source, _reporter) = (cluster, source, reporter);
        var isAsked = source.Selector is null && source.Provider is null or EksNodegroups.ProviderName;
        _eks = isAsked && (source.Provider is not null || cluster.Eks is not null) ? EksAccess.Open(cluster, source.Aws, reporter) : null;
        Keeper = _eks is null ? null : new EksNodegroups(cluster, _eks, reporter);
    }

    /// <summary>The names of all providers.</summary>
    public static IReadOnlyList<string> Names { get; } = [EksNodegroups.ProviderName, LabelledNodes.ProviderName];

    /// <summary>Who makes new pools; null where nobody can.</summary>
    public INodepoolKeeper? Keeper { get; }

    /// <summary>Finds the providers. Nothing is asked of them yet.</summary>
    /// <exception cref="UpgradeException">ProviderNotKnown, NotAnEksCluster.</exception>
    public static NodepoolProviders Open(ClusterConnection cluster, NodepoolSource source, IReporter reporter)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(source);
        if (source.Provider is { } name && !Names.Contains(name, StringComparer.Ordinal))
            throw new UpgradeException(NodepoolFailures.ProviderNotKnown(name, Names));
        return new NodepoolProviders(cluster, source, reporter);
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
        IReadOnlyList<Nodepool> kept;
        try
        {
            kept = await Keeper.ListAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e) when (_source.Provider is null && e is not KubernetesApiException)
        {
            var told = NodepoolFailures.ProviderNotAsked(_cluster.Context.Name, Keeper.Name, e.Failure);
            if (!mayFallBack)
                throw new UpgradeException(told, e);
            _reporter.Warning($"{told.Message} Its pools are taken by their labels alone.");
            return Kept(labels, await labels.ListAsync(cancellationToken).ConfigureAwait(false));
        }
        if (_source.Provider is not null)
            return Kept(Keeper, kept);
        // What carries another pool's label: Karpenter's, or a group of one's own.
        var names = kept.Select(pool => pool.Selector).ToHashSet(StringComparer.Ordinal);
        var others = (await labels.ListAsync(cancellationToken).ConfigureAwait(false)).Where(pool => !names.Contains(pool.Selector));
        return [.. Kept(Keeper, kept).Concat(Kept(labels, others)).OrderBy(each => each.Pool.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public void Dispose() => _eks?.Dispose();

    private static IReadOnlyList<KeptNodepool> Kept(INodepoolProvider provider, IEnumerable<Nodepool> pools) => [.. pools.Select(pool => new KeptNodepool(pool, provider))];
}
