using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>A Kubermatic as checks see it at one time: its master and its seeds. What several checks need is read once.</summary>
public sealed class KubermaticSurvey : IReadinessSubject, IAsyncDisposable
{
    private const int AtOnce = 8;

    private readonly KubermaticMaster _master;
    private readonly KubermaticSeeds _seeds;
    private readonly ReadOnce<IReadOnlyList<ConfigurationFact>> _configurations;
    private readonly ReadOnce<UserClusters> _clusters;

    private KubermaticSurvey(KubermaticMaster master, KubermaticSeeds seeds, string? uid)
    {
        _master = master;
        _seeds = seeds;
        Uid = uid;
        _configurations = new ReadOnce<IReadOnlyList<ConfigurationFact>>(ReadConfigurationsAsync);
        _clusters = new ReadOnce<UserClusters>(ReadClustersAsync);
    }

    private KubermaticSurvey(KubermaticSurvey other)
    {
        _master = other._master;
        _seeds = other._seeds;
        Uid = other.Uid;
        Time = other.Time;
        _configurations = other._configurations;
        _clusters = other._clusters;
    }

    /// <inheritdoc/>
    public string Name => Master.Context.Name;

    /// <inheritdoc/>
    public string? Uid { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Namespaces => [];

    /// <summary>What it is to become, or has become; null where nobody has said so.</summary>
    public KubermaticTarget? Target { get; init; }

    /// <summary>What time it is.</summary>
    public TimeProvider Time { get; private init; } = TimeProvider.System;

    /// <summary>The master.</summary>
    internal ClusterConnection Master => _master.Cluster;

    /// <summary>The seeds, by name.</summary>
    internal IReadOnlyList<SeedCluster> Seeds => _seeds.All;

    /// <summary>Begins one.</summary>
    /// <param name="master">The master; the caller disposes of it.</param>
    /// <param name="target">What it is to become, or has become; null where nobody says so.</param>
    /// <param name="options">How seeds are connected to.</param>
    /// <param name="reporter">Told how they log in.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">RoleUnknown, NotAMaster, or the master can't be asked.</exception>
    public static async Task<KubermaticSurvey> BeginAsync(
        ClusterConnection master, KubermaticTarget? target, ConnectionOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(master);
        ArgumentNullException.ThrowIfNull(options);
        var found = await KubermaticMaster.FindAsync(master, cancellationToken).ConfigureAwait(false);
        var identity = await master.GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        var seeds = await found.OpenSeedsAsync(options, reporter, cancellationToken).ConfigureAwait(false);
        return new KubermaticSurvey(found, seeds, identity.Uid) { Target = target, Time = options.Time };
    }

    /// <summary>The same Kubermatic, with what it is to become. What was read is read; only the first is disposed of.</summary>
    /// <param name="target">What it is to become.</param>
    internal KubermaticSurvey For(KubermaticTarget target) => new(this) { Target = target };

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _seeds.DisposeAsync();

    /// <summary>The configurations.</summary>
    /// <exception cref="UpgradeException">There is none, or they may not be listed.</exception>
    internal Task<IReadOnlyList<ConfigurationFact>> ConfigurationsAsync(CancellationToken cancellationToken) => _configurations.GetAsync(cancellationToken);

    /// <summary>The user clusters of all seeds that can be read, and why the others can't.</summary>
    internal Task<UserClusters> ClustersAsync(CancellationToken cancellationToken) => _clusters.GetAsync(cancellationToken);

    /// <summary>The configuration that holds for a seed: that of its namespace; null where there is none.</summary>
    internal async Task<ConfigurationFact?> ConfigurationOfAsync(SeedReference seed, CancellationToken cancellationToken) =>
        (await ConfigurationsAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(one => one.Namespace == seed.Namespace);

    private async Task<IReadOnlyList<ConfigurationFact>> ReadConfigurationsAsync(CancellationToken cancellationToken)
    {
        var found = new List<ConfigurationFact>();
        await foreach (var o in Master.Client.ListAsync(_master.Configurations, ListOptions.All, cancellationToken).ConfigureAwait(false))
        {
            using (o)
                found.Add(ConfigurationFact.Read(o));
        }
        return found.Count > 0 ? found : throw new UpgradeException(KubermaticMaster.NoConfiguration(Name, @namespace: null));
    }

    private async Task<UserClusters> ReadClustersAsync(CancellationToken cancellationToken)
    {
        var found = new IReadOnlyList<SeedUserCluster>[Seeds.Count];
        var unread = new Failure?[Seeds.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Seeds.Count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                try
                {
                    unread[i] = Seeds[i].Unread(Seeds[i].Failure);
                    found[i] = Seeds[i].Connection is { } connection ? await ReadClustersAsync(connection, Seeds[i].Seed, token).ConfigureAwait(false) : [];
                }
                catch (UpgradeException e)
                {
                    (found[i], unread[i]) = ([], Seeds[i].Unread(e.Failure));
                }
            }).ConfigureAwait(false);
        return new UserClusters([.. found.SelectMany(clusters => clusters)], [.. unread.OfType<Failure>()]);
    }

    private static async Task<IReadOnlyList<SeedUserCluster>> ReadClustersAsync(ClusterConnection seed, SeedReference reference, CancellationToken cancellationToken)
    {
        var served = await seed.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var resource = served.FindPreferred(KubermaticRole.Group, "Cluster") ?? throw KubermaticRole.Unknown(seed.Context.Name, served);
        var clusters = new List<SeedUserCluster>();
        await foreach (var o in seed.Client.ListAsync(resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
        {
            using (o)
                clusters.Add(new SeedUserCluster(reference, UserCluster.Read(o)));
        }
        return clusters;
    }
}

/// <summary>A user cluster and its seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Cluster">The cluster.</param>
internal sealed record SeedUserCluster(SeedReference Seed, UserCluster Cluster);

/// <summary>The user clusters of all seeds.</summary>
/// <param name="Found">Those of seeds that could be read.</param>
/// <param name="Unread">Why other seeds could not.</param>
internal sealed record UserClusters(IReadOnlyList<SeedUserCluster> Found, IReadOnlyList<Failure> Unread)
{
    /// <summary>What a check saw that looked at each of them.</summary>
    /// <param name="look">What is found of one.</param>
    public ReadinessOutcome Outcome(Func<SeedUserCluster, IEnumerable<ReadinessFinding>> look) =>
        ReadinessOutcome.Of(Found.Count, "user cluster", [.. Found.SelectMany(look)]) with { Unread = Unread };
}
