using KonUpgrade.Engine.ApiVersions;
using KonUpgrade.Engine.ApiVersions.Lifecycle;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Converting;

/// <summary>What objects are converted for: a version of Kubernetes, or what a cluster serves.</summary>
public sealed class ConversionTarget
{
    private readonly ServerVersion? _version;
    private readonly ApiCatalog? _catalog;

    private ConversionTarget(string name, ServerVersion? version, ApiCatalog? catalog)
    {
        Name = name;
        _version = version;
        _catalog = catalog;
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>A version of Kubernetes, as <c>1.33</c> or as a server tells it.</summary>
    /// <exception cref="UpgradeException">InvalidTargetVersion.</exception>
    public static ConversionTarget Version(string text)
    {
        var version = TargetVersion.Parse(text);
        return new ConversionTarget(TargetVersion.NameOf(version), version, null);
    }

    /// <summary>A cluster, by what it serves.</summary>
    public static ConversionTarget Cluster(string name, ApiCatalog catalog) => new(name, null, catalog);

    /// <summary>In which version objects of a kind are written there.</summary>
    /// <param name="apiVersion">The object's group and version.</param>
    /// <param name="kind">The object's kind.</param>
    /// <param name="refusal">Why it can't be written there in any; null where it can.</param>
    internal string VersionFor(string apiVersion, string kind, out string? refusal)
    {
        refusal = null;
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        var group = slash < 0 ? "" : apiVersion[..slash];
        var version = apiVersion[(slash + 1)..];
        if (_catalog is not null)
        {
            var choice = VersionChoice.For(_catalog, group, version, kind);
            // A kind of somebody's own may come with what is converted.
            if (choice.Resource is null && BuiltInGroups.Contains(group))
                refusal = choice.Refusal;
            return choice.Resource?.ApiVersion ?? apiVersion;
        }

        if (ApiLifecycles.On(_version!, apiVersion, kind) is not { } there)
            refusal = $"{Name} does not serve {kind} in {apiVersion}, and nothing came in its place.{VersionChoice.Remedy(apiVersion, kind)}";
        else if (there == apiVersion || VersionChoice.CanBecome(kind, apiVersion, there))
            return there;
        else
            refusal = $"{Name} does not serve {kind} in {apiVersion}, and {there}, which it serves, has another shape: the object must be converted by hand.";
        return apiVersion;
    }
}
