using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>What checks want to know of the objects of one kind, or of several kinds alike: read once however many ask.</summary>
/// <typeparam name="T">What is kept of an object; its JSON is not.</typeparam>
/// <param name="groups">The API groups that the kinds are of; where discovery of one failed, nobody knows whether there are objects.</param>
/// <param name="kinds">Those of the kinds that a cluster serves.</param>
/// <param name="read">Reads an object; null for one that is none of this.</param>
internal sealed class FactKind<T>(IReadOnlyList<string> groups, Func<ApiCatalog, IEnumerable<ApiResource>> kinds, Func<KubernetesObject, ApiResource, T?> read)
    where T : class
{
    /// <summary>The API groups that the kinds are of.</summary>
    public IReadOnlyList<string> Groups => groups;

    /// <summary>Those of one kind, in the version that the cluster prefers.</summary>
    public static FactKind<T> Of(string group, string kind, Func<KubernetesObject, T?> read) => new([group], catalog => Served(catalog, group, kind), (o, _) => read(o));

    /// <summary>Those of one kind that every cluster has in the same version.</summary>
    public static FactKind<T> Of(ApiResource resource, Func<KubernetesObject, T?> read) => new([], _ => [resource], (o, _) => read(o));

    /// <summary>Those of the kinds that a cluster serves.</summary>
    public IEnumerable<ApiResource> KindsOn(ApiCatalog catalog) => kinds(catalog);

    /// <summary>Reads an object; null for one that is none of this.</summary>
    public T? Read(KubernetesObject o, ApiResource resource) => read(o, resource);

    private static IEnumerable<ApiResource> Served(ApiCatalog catalog, string group, string kind) =>
        catalog.FindPreferred(group, kind) is { } resource ? [resource] : [];
}
