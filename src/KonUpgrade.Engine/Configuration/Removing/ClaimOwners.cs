using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Removing;

/// <summary>What claims of volumes belong to: with it, a cluster's garbage collector would remove them and their data.</summary>
internal static class ClaimOwners
{
    /// <summary>The UIDs of the owners of claims, of the owners of those, and so on.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="served">What it serves.</param>
    /// <param name="namespaces">The namespaces that are looked into; empty for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UpgradeException">Claims can't be listed, or an owner can't be read.</exception>
    public static async Task<IReadOnlySet<string>> FindAsync(KubernetesClient client, ApiCatalog served, IReadOnlyList<string> namespaces, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (served.FindPreferred("", "PersistentVolumeClaim") is not { } claims)
            return found;
        var owners = new Queue<Owner>();
        await foreach (var claim in client.ListAsync(claims, namespaces, cancellationToken).ConfigureAwait(false))
        {
            using (claim)
                Add(claim);
        }

        while (owners.TryDequeue(out var owner))
        {
            if (served.Resources.FirstOrDefault(r => r.ApiVersion == owner.ApiVersion && r.Kind == owner.Kind) is not { } resource)
                continue;
            using var live = await client.GetAsync(resource, resource.Namespaced ? owner.Namespace : null, owner.Name, cancellationToken).ConfigureAwait(false);
            if (live?.Uid == owner.Uid)
                Add(live);
        }

        return found;

        void Add(KubernetesObject o)
        {
            foreach (var reference in o.Metadata.Objects("ownerReferences"))
            {
                if (reference.Text("uid") is { } uid && found.Add(uid) && reference.Text("apiVersion") is { } version && reference.Text("kind") is { } kind && reference.Text("name") is { } name)
                    owners.Enqueue(new Owner(version, kind, o.Namespace, name, uid));
            }
        }
    }

    private readonly record struct Owner(string ApiVersion, string Kind, string? Namespace, string Name, string Uid);
}
