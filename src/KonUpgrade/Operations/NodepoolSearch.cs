using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Operations;

/// <summary>
/// A cluster with those who keep its pools, and the pools that are meant. One that came in is looked at anew, by its own
/// provider: its nodes are those that it has now.
/// </summary>
internal sealed class NodepoolSearch : IAsyncDisposable
{
    private readonly NodepoolRequest _request;
    private readonly NodepoolProviders _providers;
    private readonly IPipelineHost _host;

    private NodepoolSearch(NodepoolRequest request, ClusterConnection cluster, NodepoolProviders providers, IPipelineHost host) =>
        (_request, Cluster, _providers, _host) = (request, cluster, providers, host);

    /// <summary>The cluster.</summary>
    public ClusterConnection Cluster { get; }

    /// <summary>Who makes new pools; null where nobody can.</summary>
    public INodepoolKeeper? Keeper => _providers.Keeper;

    /// <summary>Who makes pools at all, the one first who makes new ones.</summary>
    public IReadOnlyList<INodepoolKeeper> Keepers => _providers.Keepers;

    /// <summary>Opens the cluster. Pools that came in must be of it.</summary>
    /// <exception cref="UpgradeException">OtherCluster, ProviderNotKnown, SelectorAndProvider, or what is wrong with the way there.</exception>
    public static async Task<NodepoolSearch> OpenAsync(NodepoolRequest request, IPipelineHost host, CancellationToken cancellationToken)
    {
        var source = Source(request);
        var cluster = await ConnectAsync(request, host, cancellationToken).ConfigureAwait(false);
        try
        {
            await GivenIdentity.RequireAsync(cluster, request.Target?.ClusterUid, cancellationToken).ConfigureAwait(false);
            return new NodepoolSearch(request, cluster, await NodepoolProviders.OpenAsync(cluster, source, host, cancellationToken).ConfigureAwait(false), host);
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The pools that are meant. A name that none has is an error of its own.</summary>
    /// <param name="mayFallBack">Whether labels will do where the cloud can't be asked.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">NodepoolNotFound, NodepoolReplaced, or the cluster or a provider can't be asked.</exception>
    public async Task<IReadOnlyList<KeptNodepool>> FindAsync(bool mayFallBack, CancellationToken cancellationToken)
    {
        if (_request.Target is { } target && Keeper is { } keeper)
            return [new KeptNodepool(await SameAsync(keeper, target, cancellationToken).ConfigureAwait(false), keeper)];
        var pools = await _providers.ListAsync(mayFallBack, cancellationToken).ConfigureAwait(false);
        if (_request.Target is { } labelled)
        {
            // The name that it came in with stays its name.
            return pools.Count > 0
                ? [.. pools.Select(kept => kept with { Pool = kept.Pool with { Name = labelled.Name } })]
                : throw new UpgradeException(NodepoolFailures.NodesNotFound(Cluster.Context.Name, labelled.Selector, labelled.Name));
        }

        if (_request.Selector is { } selector && pools.Count == 0)
            throw new UpgradeException(NodepoolFailures.NodesNotFound(Cluster.Context.Name, selector, selector));
        if (_request.Names.Count == 0)
            return pools;
        var meant = new HashSet<KeptNodepool>();
        foreach (var name in _request.Names)
        {
            var matching = pools.Where(kept => name.Matches(kept.Pool.Name)).ToList();
            // Of names that differ by case alone, the one that was written is meant.
            if (!name.IsWild && matching.Where(kept => kept.Pool.Name == name.Text).ToList() is { Count: > 0 } exact)
                matching = exact;
            if (matching.Count == 0 && !name.IsWild)
                _host.Error(NodepoolFailures.NameNotFound(Cluster.Context.Name, name.Text, pools.Select(kept => kept.Pool)));
            meant.UnionWith(matching);
        }

        return [.. pools.Where(meant.Contains)];
    }

    /// <summary>A pool that can be copied, by its name, whoever keeps it.</summary>
    /// <exception cref="UpgradeException">NodepoolNotFound, or the cluster or a provider can't be asked.</exception>
    public async Task<Nodepool> FindLikeAsync(string name, CancellationToken cancellationToken)
    {
        foreach (var keeper in Keepers)
        {
            if (await keeper.FindAsync(name, cancellationToken).ConfigureAwait(false) is { } pool)
                return pool;
        }
        var known = await _providers.ListAsync(mayFallBack: false, cancellationToken).ConfigureAwait(false);
        throw new UpgradeException(NodepoolFailures.NameNotFound(Cluster.Context.Name, name, known.Select(kept => kept.Pool)));
    }

    /// <summary>Does something with each of some pools. One of several that fails keeps no other from being tried.</summary>
    /// <param name="pools">The pools, or what they are called.</param>
    /// <param name="work">What is done; null comes out of it where nothing is to be told.</param>
    /// <param name="failed">What is told of one that failed; null where it is an error of its own, and no object.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">What failed of the only one.</exception>
    public async IAsyncEnumerable<T> EachAsync<TPool, T>(
        IReadOnlyList<TPool> pools,
        Func<TPool, CancellationToken, Task<T?>> work,
        Func<TPool, Failure, T>? failed,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        foreach (var pool in pools)
        {
            T? done = null;
            try
            {
                done = await work(pool, cancellationToken).ConfigureAwait(false);
            }
            catch (UpgradeException e) when (pools.Count > 1)
            {
                done = failed?.Invoke(pool, e.Failure);
                if (done is null)
                    _host.Error(e.Failure, e);
            }

            if (done is not null)
                yield return done;
        }
    }

    /// <summary>The provider of a pool that does what is asked for.</summary>
    /// <exception cref="UpgradeException">NodepoolNotKept.</exception>
    public INodepoolKeeper KeeperOf(KeptNodepool kept, NodepoolOffers offer) =>
        kept.Provider is INodepoolKeeper keeper && kept.Pool.Offers.HasFlag(offer) ? keeper : throw new UpgradeException(NodepoolFailures.NotOffered(Cluster.Context.Name, kept.Pool.Name));

    /// <summary>What is told of a pool with which nothing could be done.</summary>
    public NodepoolChange Failed(KeptNodepool kept, Failure failure) => Told(kept.Pool, NodepoolChangeAction.Failed) with { Failure = failure };

    /// <summary>What is told of what was done with a pool, with what leads to its cluster.</summary>
    public NodepoolChange Told(Nodepool pool, NodepoolChangeAction action) => Told(new NodepoolChange
    {
        Context = Cluster.Context.Name,
        ClusterUid = pool.ClusterUid,
        Name = pool.Name,
        Id = pool.Id,
        Provider = pool.Provider,
        Selector = pool.Selector,
        Action = action,
        StartedAt = DateTimeOffset.UtcNow,
    });

    /// <summary>A pool with what leads to its cluster, for the next command of the pipeline.</summary>
    public Nodepool Told(Nodepool pool) => pool with { Managed = _request.Cluster.Managed };

    /// <inheritdoc cref="Told(Nodepool)"/>
    public NodepoolChange Told(NodepoolChange change) => change with { Managed = _request.Cluster.Managed };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _providers.Dispose();
        await Cluster.DisposeAsync().ConfigureAwait(false);
    }

    // What leads to a managed cluster did not come out of the file or the job with the pool; a kubeconfig may lead there, too.
    private static async Task<ClusterConnection> ConnectAsync(NodepoolRequest request, IPipelineHost host, CancellationToken cancellationToken)
    {
        try
        {
            return await request.Cluster.OpenAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e) when (request is { Target: { } target, IsClusterGiven: false } && NodepoolFailures.ClusterLeftBehind(target.Name, target.Context, e.Failure) is { } failure)
        {
            throw new UpgradeException(failure, e);
        }
    }

    private static NodepoolSource Source(NodepoolRequest request)
    {
        var provider = request.Provider ?? request.Target?.Provider;
        var selector = request.Target is null ? request.Selector : provider == LabelledNodes.ProviderName ? request.Target.Selector : null;
        if (selector is not null && provider is not (null or LabelledNodes.ProviderName))
        {
            throw new UpgradeException(new Failure
            {
                Id = "SelectorAndProvider",
                Kind = FailureKind.InvalidArgument,
                Message = $"A selector makes a pool by labels alone, and -Provider asks for the pools of {provider}.",
                Recommendation = "Give either -Selector or -Provider.",
            });
        }

        return new NodepoolSource { Selector = selector, Provider = provider, Aws = request.Aws.Options() };
    }

    private async Task<Nodepool> SameAsync(INodepoolKeeper keeper, NodepoolTarget target, CancellationToken cancellationToken)
    {
        var found = await keeper.FindAsync(target.Name, cancellationToken).ConfigureAwait(false)
            ?? throw new UpgradeException(NodepoolFailures.NameNotFound(Cluster.Context.Name, target.Name, await keeper.ListAsync(cancellationToken).ConfigureAwait(false)));
        return target.Id is null || found.Id is null || found.Id == target.Id ? found : throw new UpgradeException(NodepoolFailures.Replaced(Cluster.Context.Name, target.Name));
    }
}
