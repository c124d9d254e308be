using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>
/// The namespaces of the target that have a quota. A quota is charged before the server looks whether the object is
/// there, and gets it back only when it is counted anew, some minutes later: in such namespaces an import looks first.
/// Seen on 1.33 and 1.36.
/// </summary>
internal sealed class Quotas(KubernetesClient client, TargetServices services, IReporter reporter)
{
    private readonly ReadOnce<HashSet<string>> _namespaces = new(token => ReadAsync(client, services, reporter, token));

    /// <summary>Whether a namespace had a quota when the import began. What the import itself makes has nothing in it yet.</summary>
    public async ValueTask<bool> CountInAsync(string? @namespace, CancellationToken cancellationToken) =>
        @namespace is not null && (await _namespaces.GetAsync(cancellationToken).ConfigureAwait(false)).Contains(@namespace);

    private static async Task<HashSet<string>> ReadAsync(KubernetesClient client, TargetServices services, IReporter reporter, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (services.Catalog.Find("", "v1", "ResourceQuota") is not { } resource)
            return found;
        try
        {
            await foreach (var quota in client.ListAsync(resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
            {
                using (quota)
                    found.Add(quota.Namespace ?? "");
            }
        }
        catch (KubernetesApiException e) when (e.StatusCode == 403)
        {
            reporter.Verbose($"Which namespaces of {client.Target} have quotas is not known: {e.Failure.Message}");
        }
        return found;
    }
}
