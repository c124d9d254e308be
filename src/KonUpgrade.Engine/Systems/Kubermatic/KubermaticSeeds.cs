using System.Diagnostics.CodeAnalysis;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic;

/// <summary>
/// The seeds that a master knows, each with a way to its cluster. The way is the kubeconfig in the Secret that the Seed
/// names, as the operator goes it. A seed that can't be reached has the reason in its place.
/// </summary>
internal sealed class KubermaticSeeds : IAsyncDisposable
{
    private const int AtOnce = 8;

    private static readonly ApiResource s_secrets = new() { Group = "", Version = "v1", Kind = "Secret", Plural = "secrets", Namespaced = true };

    private readonly ClusterConnection _master;

    private KubermaticSeeds(ClusterConnection master, IReadOnlyList<SeedCluster> all)
    {
        _master = master;
        All = all;
    }

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<SeedCluster> All { get; }

    /// <summary>What a cluster has of Seeds, by name: a master all, a seed the copy of its own.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="resource">Its Seeds.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<List<SeedReference>> ListAsync(ClusterConnection cluster, ApiResource resource, CancellationToken cancellationToken)
    {
        var seeds = new List<SeedReference>();
        await foreach (var seed in cluster.Client.ListAsync(resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
        {
            using (seed)
                seeds.Add(SeedReference.Read(seed));
        }
        return [.. seeds.OrderBy(seed => seed.Name, StringComparer.Ordinal)];
    }

    /// <summary>Finds the way to each.</summary>
    /// <param name="master">The master. It stays the caller's.</param>
    /// <param name="seeds">What it says of them.</param>
    /// <param name="options">How connections are made.</param>
    /// <param name="reporter">Told how they log in.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<KubermaticSeeds> OpenAsync(
        ClusterConnection master, IReadOnlyList<SeedReference> seeds, ConnectionOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        var identity = (await master.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid;
        var found = new SeedCluster?[seeds.Count];
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, seeds.Count),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (i, token) => found[i] = await OpenAsync(master, identity, seeds[i], options, reporter, token).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch
        {
            await new KubermaticSeeds(master, [.. found.OfType<SeedCluster>()]).DisposeAsync().ConfigureAwait(false);
            throw;
        }
        return new KubermaticSeeds(master, [.. found.OfType<SeedCluster>()]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in All.Select(seed => seed.Connection).OfType<ClusterConnection>().Where(connection => connection != _master))
            await connection.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<SeedCluster> OpenAsync(
        ClusterConnection master, string? identity, SeedReference seed, ConnectionOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        try
        {
            var kubeConfig = await KubeConfigAsync(master, seed, cancellationToken).ConfigureAwait(false);
            var connection = await ClusterConnection.OpenAsync(kubeConfig, seed.Name, options, reporter, cancellationToken).ConfigureAwait(false);
            string? uid;
            try
            {
                uid = await IdentityAsync(connection, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }
            if (uid is null || uid != identity)
                return new SeedCluster(seed) { Connection = connection };
            await connection.DisposeAsync().ConfigureAwait(false);
            return new SeedCluster(seed) { Connection = master, IsMaster = true };
        }
        catch (UpgradeException e)
        {
            return new SeedCluster(seed) { Failure = e.Failure };
        }
    }

    private static async Task<byte[]> KubeConfigAsync(ClusterConnection master, SeedReference seed, CancellationToken cancellationToken)
    {
        if (seed.KubeConfig is not { } reference)
            throw new UpgradeException(NoKubeConfig(seed, "it names no Secret with a kubeconfig"));
        using var secret = await master.Client.GetAsync(s_secrets, reference.Namespace, reference.Name, cancellationToken).ConfigureAwait(false)
            ?? throw new UpgradeException(NoKubeConfig(seed, $"there is no Secret {reference.Namespace}/{reference.Name}"));
        if (secret.Root.Member("data"u8).Member(reference.Key).Text() is not { Length: > 0 } text)
            throw new UpgradeException(NoKubeConfig(seed, $"the Secret {reference.Namespace}/{reference.Name} has no key '{reference.Key}'"));
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException e)
        {
            throw new UpgradeException(NoKubeConfig(seed, $"the key '{reference.Key}' of the Secret {reference.Namespace}/{reference.Name} is no base64"), e);
        }
    }

    // A login that may not tell, or a seed that does not answer, is told by whoever works with it.
    private static async Task<string?> IdentityAsync(ClusterConnection seed, CancellationToken cancellationToken)
    {
        try
        {
            return (await seed.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid;
        }
        catch (UpgradeException)
        {
            return null;
        }
    }

    private static Failure NoKubeConfig(SeedReference seed, string why) => new()
    {
        Id = "SeedKubeConfigMissing",
        Kind = FailureKind.NotFound,
        Message = $"{why}.",
        Recommendation = $"Look at spec.kubeconfig of the Seed {seed.Name} and at its Secret on the master.",
        Target = seed.Name,
    };
}

/// <summary>A seed, and the way to its cluster.</summary>
/// <param name="Seed">What the master says of it.</param>
internal sealed record SeedCluster(SeedReference Seed)
{
    /// <summary>The way there; null where there is none. Whether it answers is seen when it is asked.</summary>
    public ClusterConnection? Connection { get; init; }

    /// <summary>Whether the master is this seed itself, as in the community edition; <see cref="Connection"/> is the master's then.</summary>
    public bool IsMaster { get; init; }

    /// <summary>Why there is no way there; null where there is one.</summary>
    public Failure? Failure { get; init; }

    /// <summary>That it was not read.</summary>
    /// <param name="why">Why; null where nothing kept it from being read.</param>
    [return: NotNullIfNotNull(nameof(why))]
    public Failure? Unread(Failure? why) => why is null ? null : why with
    {
        Message = $"The seed cluster of the Seed {Seed.Name} was not read: {why.Message}",
        Target = Seed.Name,
    };
}
