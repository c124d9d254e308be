using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Workloads;

/// <summary>Why a workload is not there: it alone, its namespace with it, or its kind.</summary>
internal static class Absence
{
    /// <summary>What a 404 says of an object: true where it is the object that is not there.</summary>
    public static bool IsOfObject(KubernetesApiException e) => e.StatusCode == 404 && e.Failure.Id == "NotFound";

    /// <summary>What a 404 says of a kind: true where the cluster does not serve it.</summary>
    public static bool IsOfKind(KubernetesApiException e) => e.StatusCode == 404 && e.Failure.Id == "ResourceNotServed";

    /// <summary>Why an object is not there, in words for people.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="ns">Its namespace, or null.</param>
    /// <param name="alone">The words where it is missing alone, or where its namespace may not be looked for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<string> WhyAsync(KubernetesClient client, string? ns, string alone, CancellationToken cancellationToken)
    {
        if (ns is null)
            return alone;
        try
        {
            using var found = await client.GetAsync(ClusterNamespaces.Resource, null, ns, cancellationToken).ConfigureAwait(false);
            return found is null ? $"{alone} Its namespace {ns} is not there either." : alone;
        }
        catch (KubernetesApiException)
        {
            return alone;
        }
    }
}
