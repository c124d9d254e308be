using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic;

/// <summary>
/// A master and its seeds. A seed that can't be reached is a failure of its own. A master that is its own seed, as in the
/// community edition, is exported once.
/// </summary>
internal sealed class KubermaticFamily : IClusterFamily
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<FamilyMember>> FindAsync(
        ClusterConnection named, SystemDescription system, ConnectionOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        var served = await named.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var role = KubermaticRole.Of(served) ?? throw KubermaticRole.Unknown(named.Context.Name, served);
        var seeds = served.FindPreferred(KubermaticRole.Group, "Seed") is { } resource
            ? await KubermaticSeeds.ListAsync(named, resource, cancellationToken).ConfigureAwait(false)
            : [];
        if (role != KubermaticRole.Master)
        {
            // A seed has a copy of its own Seed. It says which Secrets are needed, and nothing of other clusters.
            return [new FamilyMember { Role = KubermaticRole.Seed, Folder = "", System = With(system, seeds.SelectMany(seed => seed.BackupSecrets)) }];
        }

        // What it makes belongs to the members from here on.
        var clusters = (await KubermaticSeeds.OpenAsync(named, seeds, options, reporter, cancellationToken).ConfigureAwait(false)).All;
        var own = clusters.Where(cluster => cluster.IsMaster).Select(cluster => cluster.Seed).ToList();
        reporter.Information($"{named.Context.Name} is the master of {seeds.Count} seed(s){(own.Count > 0 ? $", itself among them ({own[0].Name})" : "")}.");
        return
        [
            new FamilyMember
            {
                Role = KubermaticRole.Master,
                Folder = "master",
                System = With(system, seeds.Select(seed => seed.KubeConfig).OfType<SecretKey>().Concat(own.SelectMany(seed => seed.BackupSecrets))),
                Reported = [.. own.SelectMany(Reported)],
            },
            .. clusters.Where(cluster => !cluster.IsMaster).Select(cluster => Member(cluster, system)),
        ];
    }

    private static FamilyMember Member(SeedCluster cluster, SystemDescription system) => new()
    {
        Role = KubermaticRole.Seed,
        Folder = $"seed-{cluster.Seed.Name}",
        System = With(system, cluster.Seed.BackupSecrets),
        Reported = [.. Reported(cluster.Seed)],
        Connection = cluster.Connection,
        Failure = cluster.Failure is { } why ? Unreachable(cluster.Seed, why) : null,
    };

    private static IEnumerable<ReportedCount> Reported(SeedReference seed) =>
        seed.Clusters is { } count ? [new ReportedCount($"Cluster.{KubermaticRole.Group}", count, $"Seed {seed.Name}")] : [];

    private static SystemDescription With(SystemDescription system, IEnumerable<SecretKey> secrets)
    {
        var also = secrets.Select(secret => ("Secret", (string?)secret.Namespace, secret.Name)).ToHashSet();
        return system with { Export = system.Export with { Also = also } };
    }

    private static Failure Unreachable(SeedReference seed, Failure why) => why with
    {
        Message = $"The seed cluster of the Seed {seed.Name} was not exported: {why.Message}",
        Target = seed.Name,
    };
}
