using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Selecting;

/// <summary>The namespaces of a cluster to which a system keeps (<see cref="SystemWithin"/>): who is new since yesterday is found today.</summary>
public static class FoundNamespaces
{
    /// <summary>The system's description with the namespaces that a cluster has; as it is where it keeps to none, or they are known already.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="system">The description.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">They can't be listed: what belongs to the system is then not known.</exception>
    public static async Task<SystemDescription> FindAsync(KubernetesClient client, SystemDescription system, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(system);
        if (system.Export.Within is not { Found: null } within)
            return system;
        var served = await client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in within.NamedBy)
        {
            foreach (var resource in served.Match(word))
                await AddAsync(client, resource, new ListOptions { MetadataOnly = true }, found, cancellationToken).ConfigureAwait(false);
        }
        if (within.Labels.Count > 0)
        {
            var selector = string.Join(',', within.Labels.Select(label => $"{label.Key}={label.Value}"));
            await AddAsync(client, CoreResources.Namespaces, new ListOptions { MetadataOnly = true, LabelSelector = selector }, found, cancellationToken).ConfigureAwait(false);
        }
        return system with { Export = system.Export with { Within = within with { Found = found } } };
    }

    /// <summary>Whether a system that keeps to namespaces has none of those that are selected.</summary>
    public static bool HasNone(SystemDescription system, ClusterConfigSelection selection)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(selection);
        return selection.Namespace.Count > 0 && system.Export.Within is { Found: { } found } && !selection.Namespace.Any(found.Contains);
    }

    private static async Task AddAsync(KubernetesClient client, ApiResource resource, ListOptions list, HashSet<string> found, CancellationToken cancellationToken)
    {
        await foreach (var o in client.ListAsync(resource, list, cancellationToken).ConfigureAwait(false))
        {
            using (o)
                found.Add(o.Name);
        }
    }
}
