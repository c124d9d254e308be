using KonUpgrade.Engine.ApiVersions.Lifecycle;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Deprecations.Judging;

/// <summary>What API versions are judged by: a version of Kubernetes, or a cluster by what it serves.</summary>
public sealed class ApiTarget
{
    private ApiTarget(string name, ServerVersion version, ApiCatalog? catalog)
    {
        Name = name;
        Version = version;
        Catalog = catalog;
    }

    /// <summary>The newest version of Kubernetes that is known here.</summary>
    public static ApiTarget Newest => Of(new ServerVersion(1, ApiLifecycles.AsOf, $"v1.{ApiLifecycles.AsOf}"));

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>Its version of Kubernetes.</summary>
    public ServerVersion Version { get; }

    /// <summary>What it serves; null where it is a version alone.</summary>
    internal ApiCatalog? Catalog { get; }

    /// <summary>A version of Kubernetes.</summary>
    public static ApiTarget Of(ServerVersion version) => new(TargetVersion.NameOf(version), version, null);

    /// <summary>The minor version that comes after one.</summary>
    public static ApiTarget After(ServerVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return Of(new ServerVersion(version.Major, version.Minor + 1, $"v{version.Major}.{version.Minor + 1}"));
    }

    /// <summary>A cluster.</summary>
    /// <param name="name">How messages call it.</param>
    /// <param name="version">Its version.</param>
    /// <param name="catalog">What it serves.</param>
    public static ApiTarget Cluster(string name, ServerVersion version, ApiCatalog catalog) => new(name, version, catalog);
}
