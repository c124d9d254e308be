using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Selecting;

/// <summary>
/// Kinds that are gone since a cluster was asked what it serves. A 404 alone does not say so: one API server of several
/// may not have heard of a new definition yet, and a proxy has 404s of its own.
/// </summary>
internal static class UnservedKinds
{
    /// <summary>Asks the cluster once more whether it serves a kind that it answered with 404.</summary>
    /// <returns>True where discovery tells of the whole group, and of the kind no more.</returns>
    public static async Task<bool> IsUnservedAsync(KubernetesClient client, ApiResource resource, CancellationToken cancellationToken)
    {
        try
        {
            return IsUnserved(await client.DiscoverAsync(cancellationToken).ConfigureAwait(false), resource);
        }
        catch (UpgradeException)
        {
            // It can't be told, and the 404 stays what it is: a failure.
            return false;
        }
    }

    /// <summary>Whether a catalog tells of the whole group of a kind, and of the kind not.</summary>
    public static bool IsUnserved(ApiCatalog catalog, ApiResource resource) =>
        !catalog.Failures.Any(failure => ApiCatalog.GroupOf(failure) == resource.Group) && catalog.Find(resource.Group, resource.Version, resource.Kind) is null;
}
