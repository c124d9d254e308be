using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>The namespaces of a cluster.</summary>
internal static class ClusterNamespaces
{
    /// <summary>Their kind, as every cluster serves it.</summary>
    public static ApiResource Resource { get; } = new() { Group = "", Version = "v1", Kind = "Namespace", Plural = "namespaces", Singular = "namespace", Namespaced = false };

    /// <summary>Whether a cluster has a namespace; null where that may not be asked.</summary>
    public static async Task<bool?> HasAsync(KubernetesClient client, string name, CancellationToken cancellationToken)
    {
        try
        {
            using var found = await client.GetAsync(Resource, null, name, cancellationToken).ConfigureAwait(false);
            return found is not null;
        }
        catch (KubernetesApiException e) when (e.StatusCode == 403)
        {
            return null;
        }
    }

    /// <summary>The names of a cluster's namespaces, to help with an error that is told in any case; none where they can't be listed.</summary>
    public static async Task<IReadOnlyList<string>> NamesAsync(KubernetesClient client, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        try
        {
            await foreach (var found in client.ListAsync(Resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
            {
                using (found)
                    names.Add(found.Name);
            }
        }
        catch (UpgradeException)
        {
            // What was found so far may help as well.
        }
        return names;
    }
}
