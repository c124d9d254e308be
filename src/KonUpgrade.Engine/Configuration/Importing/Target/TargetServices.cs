using System.Collections.Concurrent;
using KonUpgrade.Engine.ApiVersions;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Directories;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>What the target serves, with what CustomResourceDefinitions of the import add to it on the way.</summary>
internal sealed class TargetServices(KubernetesClient client)
{
    private readonly ConcurrentDictionary<(string Group, string Version, string Kind), VersionChoice> _choices = new();
    private ApiCatalog? _catalog;
    private ApiCatalog? _withPlanned;

    /// <summary>What discovery told last.</summary>
    public ApiCatalog Catalog => _catalog ?? throw new InvalidOperationException("Discovery has not run.");

    /// <summary>Asks the target again.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        _catalog = await client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        _withPlanned = null;
        _choices.Clear();
    }

    /// <summary>For a dry run: takes in what definitions of the import would serve, so that their objects are decided as if they did.</summary>
    public void Plan(IReadOnlyList<ApiResource> resources)
    {
        _withPlanned = new ApiCatalog([.. Catalog.Resources, .. resources.Where(r => Catalog.Find(r.Group, r.Version, r.Kind) is null)], Catalog.Failures);
        _choices.Clear();
    }

    /// <summary>Whether a resource is only planned: nobody serves it yet.</summary>
    public bool IsPlanned(ApiResource resource) => _withPlanned is not null && Catalog.Find(resource.Group, resource.Version, resource.Kind) is null;

    /// <summary>In which version objects of a kind are written.</summary>
    public VersionChoice Choose(string group, string version, string kind) =>
        _choices.GetOrAdd((group, version, kind), key => VersionChoice.For(_withPlanned ?? Catalog, key.Group, key.Version, key.Kind));

    /// <summary>In which version objects of an item's kind are written.</summary>
    public VersionChoice Choose(ImportItem item) => Choose(item.Key.Group, item.Version, item.Key.Kind);

    /// <summary>The resource of an owner, in the version that the reference names or another.</summary>
    public ApiResource? OwnerResource(OwnerReference owner)
    {
        var group = ApiResource.GroupOf(owner.ApiVersion);
        var catalog = _withPlanned ?? Catalog;
        return catalog.Find(group, ApiResource.VersionOf(owner.ApiVersion), owner.Kind) ?? catalog.FindPreferred(group, owner.Kind);
    }
}
