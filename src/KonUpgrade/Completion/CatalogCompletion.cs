using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Completion;

/// <summary>Asks the cluster that a line names what it serves.</summary>
internal static class CatalogCompletion
{
    public static async Task<ApiCatalog> DiscoverAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        var cluster = await bound.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (cluster.ConfigureAwait(false))
            return await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
    }
}
