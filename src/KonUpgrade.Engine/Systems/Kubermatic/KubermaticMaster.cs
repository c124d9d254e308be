using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic;

/// <summary>A cluster that is known to be the master of a Kubermatic, and what it serves.</summary>
internal sealed class KubermaticMaster
{
    private KubermaticMaster(ClusterConnection cluster, ApiResource configurations, ApiResource? seeds)
    {
        Cluster = cluster;
        Configurations = configurations;
        Seeds = seeds;
    }

    /// <summary>The cluster.</summary>
    public ClusterConnection Cluster { get; }

    /// <summary>Its KubermaticConfigurations.</summary>
    public ApiResource Configurations { get; }

    /// <summary>Its Seeds; null where it has no such kind.</summary>
    private ApiResource? Seeds { get; }

    /// <summary>Looks whether a cluster is a master.</summary>
    /// <exception cref="UpgradeException">RoleUnknown, NotAMaster, or it can't be asked.</exception>
    public static async Task<KubermaticMaster> FindAsync(ClusterConnection cluster, CancellationToken cancellationToken)
    {
        var served = await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var role = KubermaticRole.Of(served) ?? throw KubermaticRole.Unknown(cluster.Context.Name, served);
        if (role != KubermaticRole.Master)
            throw new UpgradeException(NotAMaster(cluster.Context.Name));
        var configurations = served.FindPreferred(KubermaticRole.Group, "KubermaticConfiguration") ?? throw new UpgradeException(NoConfiguration(cluster.Context.Name, null));
        return new KubermaticMaster(cluster, configurations, served.FindPreferred(KubermaticRole.Group, "Seed"));
    }

    /// <summary>Its seeds, each with a way to its cluster.</summary>
    public async Task<KubermaticSeeds> OpenSeedsAsync(ConnectionOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        var seeds = Seeds is null ? [] : await KubermaticSeeds.ListAsync(Cluster, Seeds, cancellationToken).ConfigureAwait(false);
        return await KubermaticSeeds.OpenAsync(Cluster, seeds, options, reporter, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>That a master has no configuration.</summary>
    /// <param name="cluster">The master.</param>
    /// <param name="namespace">The namespace that was looked into; null for all.</param>
    public static Failure NoConfiguration(string cluster, string? @namespace) => new()
    {
        Id = "ConfigurationNotFound",
        Kind = FailureKind.NotFound,
        Message = $"{cluster} has no KubermaticConfiguration{(@namespace is null ? "" : $" in the namespace {@namespace}")}.",
        Recommendation = "The installer makes it, normally as kubermatic in the namespace kubermatic: kubectl get kubermaticconfigurations --all-namespaces.",
        Target = cluster,
    };

    private static Failure NotAMaster(string cluster) => new()
    {
        Id = "NotAMaster",
        Kind = FailureKind.InvalidArgument,
        Message = $"{cluster} is a seed. What holds for all seeds is on their master, and the operator writes the copy on a seed anew.",
        Recommendation = "Name the context of the master.",
        Target = cluster,
    };
}
