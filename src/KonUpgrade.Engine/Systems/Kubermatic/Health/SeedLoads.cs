using KonUpgrade.Engine.Systems.Kubermatic.Reconciling;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>The load of each seed whose clusters could be read.</summary>
internal static class SeedLoads
{
    /// <summary>Counts it.</summary>
    public static async Task<IReadOnlyList<(SeedReference Seed, SeedReconcileLoad Load)>> OfAsync(KubermaticSurvey subject, UserClusters clusters, CancellationToken cancellationToken)
    {
        var loads = new List<(SeedReference, SeedReconcileLoad)>();
        foreach (var seed in clusters.Found.GroupBy(found => found.Seed))
        {
            var configuration = await subject.ConfigurationOfAsync(seed.Key, cancellationToken).ConfigureAwait(false);
            var tally = new LoadTally(configuration?.Version, subject.Time.GetUtcNow(), new ReconcileLimitOptions().FailingAfter);
            foreach (var found in seed)
                tally.Count(found.Cluster);
            loads.Add((seed.Key, tally.On(new SeedReconcileLoad { Seed = seed.Key.Name, Limit = configuration?.Limit ?? ReconcileLimit.Default })));
        }
        return loads;
    }
}
