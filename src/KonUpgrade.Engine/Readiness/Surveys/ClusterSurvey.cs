using System.Collections.Concurrent;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>
/// A cluster as checks see it at one time: what several of them need is listed once, and of each object only what they
/// want to know is kept.
/// </summary>
public sealed class ClusterSurvey : IReadinessSubject, IAsyncDisposable
{
    private readonly ReadOnce<object, object> _facts;
    private readonly ConcurrentBag<IAsyncDisposable> _shared = [];
    private readonly ClusterSurvey _whole;
    private readonly Action<ApiResource>? _listed;

    private ClusterSurvey(ClusterConnection cluster, ClusterIdentity identity, ServerVersion version, ApiCatalog catalog, IReadOnlyList<string> namespaces)
    {
        Cluster = cluster;
        Uid = identity.Uid;
        Version = version;
        Catalog = catalog;
        Namespaces = namespaces;
        _facts = new ReadOnce<object, object>(static (kind, token) => ((IFacts)kind).ReadAsync(token));
        _whole = this;
    }

    private ClusterSurvey(ClusterSurvey whole, Action<ApiResource> listed)
    {
        Cluster = whole.Cluster;
        Uid = whole.Uid;
        Version = whole.Version;
        Catalog = whole.Catalog;
        Namespaces = whole.Namespaces;
        Time = whole.Time;
        _facts = whole._facts;
        _whole = whole;
        _listed = listed;
    }

    /// <summary>The cluster.</summary>
    public ClusterConnection Cluster { get; }

    /// <inheritdoc/>
    public string Name => Cluster.Context.Name;

    /// <inheritdoc/>
    public string? Uid { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Namespaces { get; }

    /// <summary>The version of its API server.</summary>
    public ServerVersion Version { get; }

    /// <summary>What it serves.</summary>
    public ApiCatalog Catalog { get; }

    /// <summary>What time it is.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Begins one. What every check needs is read here.</summary>
    /// <param name="cluster">The cluster; the caller disposes of it.</param>
    /// <param name="namespaces">The namespaces that are meant; empty for all.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="time">What time it is; null for the real one.</param>
    /// <exception cref="UpgradeException">The server can't be reached, or refuses the login.</exception>
    public static async Task<ClusterSurvey> BeginAsync(ClusterConnection cluster, IReadOnlyList<string> namespaces, CancellationToken cancellationToken, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var version = await cluster.Client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
        var catalog = await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var identity = await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        return new ClusterSurvey(cluster, identity, version, catalog, namespaces) { Time = time ?? TimeProvider.System };
    }

    /// <summary>The same survey, for one who wants to be told which kinds are listed through it.</summary>
    internal ClusterSurvey TellingOf(Action<ApiResource> listed) => new(_whole, listed);

    /// <summary>What is to be known of the objects of a kind; none where the cluster does not serve it.</summary>
    /// <exception cref="UpgradeException">They may not be listed, or can't be now; or their group did not answer.</exception>
    internal async Task<IReadOnlyList<T>> ReadAsync<T>(FactKind<T> kind, CancellationToken cancellationToken)
        where T : class
    {
        if (_listed is { } tell)
        {
            foreach (var resource in kind.KindsOn(Catalog))
                tell(resource);
        }
        return (IReadOnlyList<T>)await _facts.GetAsync(new Facts<T>(_whole, kind), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What several checks make of the cluster beside its objects, made once for all of them and closed with the survey.</summary>
    /// <param name="make">Makes it; a method of its own, by which it is told from others.</param>
    /// <param name="cancellationToken">Stops.</param>
    internal async Task<T> ShareAsync<T>(Func<ClusterSurvey, CancellationToken, Task<T>> make, CancellationToken cancellationToken)
        where T : class, IAsyncDisposable =>
        (T)await _facts.GetAsync(new Shared<T>(_whole, make), cancellationToken).ConfigureAwait(false);

    /// <summary>Closes what checks have shared. The cluster stays open: it is the caller's.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_shared.TryTake(out var one))
            await one.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The objects of a kind that are meant, each as it comes; for what one check alone looks at. The caller disposes of each.</summary>
    internal IAsyncEnumerable<KubernetesObject> ListAsync(ApiResource resource, CancellationToken cancellationToken)
    {
        _listed?.Invoke(resource);
        return Cluster.Client.ListAsync(resource, Namespaces, cancellationToken);
    }

    /// <summary>Those of some kinds that the cluster serves, each as it prefers it.</summary>
    /// <param name="kinds">The kinds, as <see cref="KindPattern"/> takes them.</param>
    /// <exception cref="UpgradeException">A group of them did not answer: whether they are served is not known.</exception>
    internal IReadOnlyList<ApiResource> Served(IReadOnlyList<string> kinds)
    {
        ThrowIfSilent([.. kinds.Select(kind => kind[(kind.IndexOf('.', StringComparison.Ordinal) + 1)..])]);
        return [.. Catalog.Resources.Where(resource => KindPattern.Matches(kinds, resource.Group, resource.Kind) && Catalog.FindPreferred(resource.Group, resource.Kind) == resource)];
    }

    private void ThrowIfSilent(IReadOnlyList<string> groups)
    {
        if (Catalog.Failures.FirstOrDefault(failure => groups.Contains(ApiCatalog.GroupOf(failure))) is { } failed)
            throw new UpgradeException(failed);
    }

    /// <summary>Every kind that can be listed, in the version that the cluster prefers; where namespaces are meant, only those that are in some.</summary>
    internal IEnumerable<ApiResource> PreferredKinds() => Catalog.Resources.Where(resource =>
        resource.Verbs.Contains("list") && (resource.Namespaced || Namespaces.Count == 0) && Catalog.FindPreferred(resource.Group, resource.Kind) == resource);

    /// <summary>Looks at every object of some kinds. What may not be listed, or can't be now, is noted, and the other kinds follow.</summary>
    /// <param name="kinds">The kinds.</param>
    /// <param name="metadataOnly">Whether only the metadata of each is wanted.</param>
    /// <param name="look">Looks at an object, which is gone afterwards.</param>
    /// <param name="unread">Takes what could not be read.</param>
    /// <param name="cancellationToken">Stops.</param>
    internal async Task LookAsync(IEnumerable<ApiResource> kinds, bool metadataOnly, Action<KubernetesObject> look, ICollection<Failure> unread, CancellationToken cancellationToken)
    {
        foreach (var kind in kinds)
        {
            try
            {
                await foreach (var o in Cluster.Client.ListAsync(kind, Namespaces, metadataOnly, cancellationToken).ConfigureAwait(false))
                {
                    using (o)
                        look(o);
                }
            }
            catch (KubernetesApiException e) when (e.StatusCode is not (404 or 405))
            {
                unread.Add(e.Failure);
            }
            catch (KubernetesApiException)
            {
                // The kind went meanwhile, or can't be listed: there is nothing of it to look at.
            }
        }
    }

    private interface IFacts
    {
        Task<object> ReadAsync(CancellationToken cancellationToken);
    }

    private sealed record Shared<T>(ClusterSurvey Survey, Func<ClusterSurvey, CancellationToken, Task<T>> Make) : IFacts
        where T : class, IAsyncDisposable
    {
        public async Task<object> ReadAsync(CancellationToken cancellationToken)
        {
            var made = await Make(Survey, cancellationToken).ConfigureAwait(false);
            Survey._shared.Add(made);
            return made;
        }
    }

    // Two of the same kind are equal, and so one reading serves both.
    private sealed record Facts<T>(ClusterSurvey Survey, FactKind<T> Kind) : IFacts
        where T : class
    {
        public async Task<object> ReadAsync(CancellationToken cancellationToken)
        {
            Survey.ThrowIfSilent(Kind.Groups);
            var found = new List<T>();
            foreach (var resource in Kind.KindsOn(Survey.Catalog))
            {
                await foreach (var o in Survey.ListAsync(resource, cancellationToken).ConfigureAwait(false))
                {
                    using (o)
                    {
                        if (Kind.Read(o, resource) is { } fact)
                            found.Add(fact);
                    }
                }
            }
            return found;
        }
    }
}
