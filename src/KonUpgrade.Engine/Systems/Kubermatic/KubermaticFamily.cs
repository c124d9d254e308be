using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic;

/// <summary>
/// A master and its seeds. The way to a seed is the kubeconfig in the Secret that its Seed names, as the operator goes
/// it. A seed that can't be reached is a failure of its own. A master that is its own seed, as in the community edition,
/// is exported once.
/// </summary>
internal sealed class KubermaticFamily : IClusterFamily
{
    private static readonly ApiResource s_secrets = new() { Group = "", Version = "v1", Kind = "Secret", Plural = "secrets", Namespaced = true };

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FamilyMember>> FindAsync(
        ClusterConnection named, SystemDescription system, ConnectionOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        var served = await named.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var role = KubermaticRole.Of(served) ?? throw RoleUnknown(named.Context.Name, served);
        var seeds = served.FindPreferred(KubermaticRole.Group, "Seed") is { } resource
            ? await SeedsAsync(named, resource, cancellationToken).ConfigureAwait(false)
            : [];
        if (role != KubermaticRole.Master)
        {
            // A seed has a copy of its own Seed. It says which Secrets are needed, and nothing of other clusters.
            return [new FamilyMember { Role = KubermaticRole.Seed, Folder = "", System = With(system, seeds.SelectMany(seed => seed.BackupSecrets)) }];
        }

        var members = new List<FamilyMember>();
        var own = new List<SeedReference>();
        var identity = (await named.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid;
        try
        {
            foreach (var seed in seeds)
            {
                var member = await SeedAsync(named, system, seed, options, reporter, cancellationToken).ConfigureAwait(false);
                if (member.Connection is { } connection && await IdentityAsync(connection, cancellationToken).ConfigureAwait(false) is { } uid && uid == identity)
                {
                    await connection.DisposeAsync().ConfigureAwait(false);
                    own.Add(seed);
                    continue;
                }
                members.Add(member);
            }
        }
        catch
        {
            foreach (var connection in members.Select(member => member.Connection).OfType<ClusterConnection>())
                await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
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
            .. members,
        ];
    }

    private static async Task<List<SeedReference>> SeedsAsync(ClusterConnection master, ApiResource resource, CancellationToken cancellationToken)
    {
        var seeds = new List<SeedReference>();
        await foreach (var seed in master.Client.ListAsync(resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
        {
            using (seed)
                seeds.Add(SeedReference.Read(seed));
        }
        return [.. seeds.OrderBy(seed => seed.Name, StringComparer.Ordinal)];
    }

    private static async Task<FamilyMember> SeedAsync(
        ClusterConnection master, SystemDescription system, SeedReference seed, ConnectionOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        var member = new FamilyMember
        {
            Role = KubermaticRole.Seed,
            Folder = $"seed-{seed.Name}",
            System = With(system, seed.BackupSecrets),
            Reported = [.. Reported(seed)],
        };
        try
        {
            var kubeConfig = await KubeConfigAsync(master, seed, cancellationToken).ConfigureAwait(false);
            var connection = await ClusterConnection.OpenAsync(kubeConfig, seed.Name, options, reporter, cancellationToken).ConfigureAwait(false);
            return member with { Connection = connection };
        }
        catch (UpgradeException e)
        {
            return member with { Failure = Unreachable(seed, e.Failure) };
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

    // A login that may not tell, or a seed that does not answer, is told when it is exported.
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

    private static IEnumerable<ReportedCount> Reported(SeedReference seed) =>
        seed.Clusters is { } count ? [new ReportedCount($"Cluster.{KubermaticRole.Group}", count, $"Seed {seed.Name}")] : [];

    private static SystemDescription With(SystemDescription system, IEnumerable<SecretKey> secrets)
    {
        var also = secrets.Select(secret => ("Secret", (string?)secret.Namespace, secret.Name)).ToHashSet();
        return system with { Export = system.Export with { Also = also } };
    }

    private static Failure NoKubeConfig(SeedReference seed, string why) => new()
    {
        Id = "SeedKubeConfigMissing",
        Kind = FailureKind.NotFound,
        Message = $"{why}.",
        Recommendation = $"Look at spec.kubeconfig of the Seed {seed.Name} and at its Secret on the master.",
        Target = seed.Name,
    };

    // What is taken for a seed and is none would be exported by rules that leave out what only its own master has.
    private static UpgradeException RoleUnknown(string cluster, ApiCatalog served)
    {
        var unread = served.Failures.FirstOrDefault(failure => ApiCatalog.GroupOf(failure) == KubermaticRole.Group);
        return new UpgradeException(new Failure
        {
            Id = "RoleUnknown",
            Kind = unread?.Kind ?? FailureKind.NotSupported,
            Message = $"Whether {cluster} is a master or a seed can't be told: "
                + (unread is not null ? $"what it serves of {KubermaticRole.Group} can't be read: {unread.Message}"
                    : $"it serves neither KubermaticSettings, as a master does, nor Seeds and Clusters ({KubermaticRole.Group}), as a seed does."),
            Recommendation = $"Look whether Kubermatic is installed there: kubectl --context {cluster} api-resources --api-group {KubermaticRole.Group}. Another system's objects are exported with -System Kubernetes.",
            Target = cluster,
        });
    }

    private static Failure Unreachable(SeedReference seed, Failure why) => why with
    {
        Message = $"The seed cluster of the Seed {seed.Name} was not exported: {why.Message}",
        Target = seed.Name,
    };
}
