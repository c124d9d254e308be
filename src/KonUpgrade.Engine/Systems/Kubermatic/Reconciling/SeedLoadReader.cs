using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>Reads how far the clusters of a seed have come. They are counted as they come, and none is kept.</summary>
/// <param name="failingAfter">How long a cluster may be in progress before it counts as failing.</param>
/// <param name="reporter">Told of what could not be looked at.</param>
/// <param name="time">The clock.</param>
internal sealed class SeedLoadReader(TimeSpan failingAfter, IReporter reporter, TimeProvider time)
{
    private const int AtOnce = 8;

    /// <summary>Reads all seeds.</summary>
    /// <param name="seeds">The seeds.</param>
    /// <param name="limit">The limit that holds for each.</param>
    /// <param name="target">The version that clusters are to be reconciled by; null where nobody knows it.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<SeedReconcileLoad>> ReadAsync(IReadOnlyList<SeedCluster> seeds, int limit, string? target, CancellationToken cancellationToken)
    {
        var loads = new SeedReconcileLoad[seeds.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, seeds.Count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, token) => loads[i] = await ReadAsync(seeds[i], limit, target, token).ConfigureAwait(false)).ConfigureAwait(false);
        return loads;
    }

    private async Task<SeedReconcileLoad> ReadAsync(SeedCluster cluster, int limit, string? target, CancellationToken cancellationToken)
    {
        var seed = cluster.Seed;
        var load = new SeedReconcileLoad { Seed = seed.Name, Phase = seed.Phase, Version = seed.Version, IsLeftAlone = seed.IsLeftAlone, Limit = limit, Failure = cluster.Unread(cluster.Failure) };
        if (cluster.Connection is not { } connection)
            return load;
        try
        {
            load = await CountAsync(connection, load, target, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException e)
        {
            return load with { Failure = cluster.Unread(e.Failure) };
        }

        try
        {
            using var deployment = await connection.Client.GetAsync(CoreResources.Deployments, seed.Namespace, SeedController.Name, cancellationToken).ConfigureAwait(false);
            var controller = deployment is null ? null : SeedController.Read(deployment);
            return load with { ControllerLimit = controller?.Limit, IsRolledOut = controller?.IsRolledOut ?? false };
        }
        catch (UpgradeException e)
        {
            // The load is known all the same.
            reporter.Verbose($"{seed.Name}: the limit that its controller runs with can't be told: {e.Failure.Message}");
            return load;
        }
    }

    private async Task<SeedReconcileLoad> CountAsync(ClusterConnection seed, SeedReconcileLoad load, string? target, CancellationToken cancellationToken)
    {
        var served = await seed.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var clusters = served.FindPreferred(KubermaticRole.Group, "Cluster") ?? throw KubermaticRole.Unknown(seed.Context.Name, served);
        var tally = new LoadTally(target, time.GetUtcNow(), failingAfter);
        await foreach (var o in seed.Client.ListAsync(clusters, ListOptions.All, cancellationToken).ConfigureAwait(false))
        {
            using (o)
            {
                var state = tally.Count(UserCluster.Read(o));
                if (state.Fails is { } fails)
                    reporter.Verbose($"{load.Seed}: {o.Name} fails: {fails}");
                if (state.Blocks is { } blocks)
                    reporter.Verbose($"{load.Seed}: {o.Name} occupies a slot for ever: {blocks}, and not up to date");
            }
        }
        return tally.On(load);
    }
}
