using System.Collections.Frozen;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Api;

/// <summary>Everything a cluster serves at one moment. A CRD that comes or goes makes a new one.</summary>
internal sealed class ResourceCatalog
{
    private readonly FrozenDictionary<(string Group, string Version, string Plural), ApiResource> _resources;

    public ResourceCatalog(IReadOnlyList<ApiResource> resources, long revision)
    {
        Resources = resources;
        Revision = revision;
        _resources = resources.ToFrozenDictionary(resource => (resource.Group, resource.Version, resource.Plural));
        Groups = [.. resources
            .GroupBy(resource => resource.Group)
            .Select(group => new ApiGroup(
                group.Key,
                [.. group.Select(resource => resource.Version).Distinct().Order(VersionOrder.Instance)],
                group.All(resource => resource.IsCustom)))
            .OrderBy(group => group.IsCustom)];
    }

    public IReadOnlyList<ApiResource> Resources { get; }

    /// <summary>Built-in groups first, each with its versions in the order of preference.</summary>
    public IReadOnlyList<ApiGroup> Groups { get; }

    /// <summary>Differs between any two catalogs of a cluster.</summary>
    public long Revision { get; }

    public ApiResource? Find(string group, string version, string plural)
        => _resources.TryGetValue((group, version, plural), out ApiResource? found) ? found : null;

    /// <summary>A kind in the version that its group prefers among those that serve it, or null.</summary>
    public ApiResource? FindPreferred(string group, string plural)
        => Resources.Where(resource => resource.Group == group && resource.Plural == plural).MinBy(resource => resource.Version, VersionOrder.Instance);

    public ApiResource? FindKind(string apiVersion, string kind)
        => Resources.FirstOrDefault(resource => resource.Kind == kind && resource.ApiVersion == apiVersion);

    /// <summary>Every kind once, in any version that the store's form can be read in.</summary>
    public IEnumerable<ApiResource> AllInStorage() => Resources.GroupBy(resource => resource.Collection).Select(versions => InStorage(versions.First()));

    /// <summary>The kind whose objects lie in a collection, in its storage version; null when it is not served.</summary>
    public ApiResource? InStorage(Collection collection)
        => Resources.FirstOrDefault(resource => resource.Collection == collection) is { } any ? InStorage(any) : null;

    /// <summary>A kind in its storage version, or as it is where that is not served.</summary>
    public ApiResource InStorage(ApiResource resource)
        => Resources.FirstOrDefault(other => other.Collection == resource.Collection && other.ApiVersion == resource.StorageApiVersion) ?? resource;

    public bool HasVersion(string group, string version) => Groups.Any(item => item.Name == group && item.Versions.Contains(version));
}

/// <summary>A group and its versions, the preferred one first.</summary>
internal sealed record ApiGroup(string Name, IReadOnlyList<string> Versions, bool IsCustom);
