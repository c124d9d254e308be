using System.Text.Json;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>
/// What an autoscaler of the import or of the target scales: how many replicas run is its business, so the number in a
/// manifest never overwrites the one on a cluster. Read when the first existing object with replicas comes by.
/// </summary>
internal sealed class Autoscaled(KubernetesClient client, TargetServices services, IReadOnlyList<ImportItem> items, IReporter reporter)
{
    private readonly ReadOnce<HashSet<ObjectKey>> _scaled = new(token => ReadAsync(client, services, items, reporter, token));

    /// <summary>Whether an object has replicas, and an autoscaler scales it.</summary>
    /// <param name="key">The object.</param>
    /// <param name="root">Its content.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<bool> ScalesAsync(ObjectKey key, JsonPart root, CancellationToken cancellationToken) =>
        root.Member("spec").Member("replicas").ValueKind != JsonValueKind.Undefined && await ContainsAsync(key, cancellationToken).ConfigureAwait(false);

    private async Task<bool> ContainsAsync(ObjectKey key, CancellationToken cancellationToken) =>
        (await _scaled.GetAsync(cancellationToken).ConfigureAwait(false)).Contains(key);

    private static async Task<HashSet<ObjectKey>> ReadAsync(
        KubernetesClient client, TargetServices services, IReadOnlyList<ImportItem> items, IReporter reporter, CancellationToken cancellationToken)
    {
        var scaled = new HashSet<ObjectKey>();
        // What is on hand was read once, and altered files are imported only where that is allowed.
        foreach (var item in items.Where(i => IsAutoscaler(i.Key.Group, i.Key.Kind) && i.File is not null))
        {
            try
            {
                using var o = await item.File!.LoadAsync(cancellationToken).ConfigureAwait(false);
                Add(scaled, o);
            }
            catch (Exception e) when (e is UpgradeException or IOException or UnauthorizedAccessException or JsonException)
            {
                reporter.Warning($"What {item} scales is not known, so the replicas of that may be changed: {e.Message}");
            }
        }
        await AddThoseOfAsync(scaled, client, services.Catalog, reporter, cancellationToken).ConfigureAwait(false);
        return scaled;
    }

    /// <summary>Adds what the autoscalers of a cluster scale.</summary>
    /// <exception cref="UpgradeException">They can't be listed, for another reason than a right that is missing.</exception>
    public static async Task AddThoseOfAsync(HashSet<ObjectKey> scaled, KubernetesClient client, ApiCatalog catalog, IReporter reporter, CancellationToken cancellationToken)
    {
        foreach (var (group, kind) in new[] { ("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject") })
        {
            if (catalog.FindPreferred(group, kind) is not { } resource)
                continue;
            try
            {
                await foreach (var o in client.ListAsync(resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
                {
                    using (o)
                        Add(scaled, o);
                }
            }
            catch (KubernetesApiException e) when (e.StatusCode == 403)
            {
                reporter.Warning($"Which workloads of {client.Target} are autoscaled is not known, so their replicas may be changed: {e.Failure.Message}");
            }
        }
    }

    private static bool IsAutoscaler(string group, string kind) => (group, kind) is ("autoscaling", "HorizontalPodAutoscaler") or ("keda.sh", "ScaledObject");

    private static void Add(HashSet<ObjectKey> scaled, KubernetesObject autoscaler)
    {
        if (!autoscaler.Root.TryGetProperty("spec"u8, out var spec) || spec.ValueKind != JsonValueKind.Object
            || !spec.TryGetProperty("scaleTargetRef"u8, out var target) || target.ValueKind != JsonValueKind.Object)
        {
            return;
        }
        // A ScaledObject may leave out what it scales, and means a Deployment.
        var apiVersion = target.Text("apiVersion") ?? "apps/v1";
        if (target.Text("name") is { } name)
            scaled.Add(new ObjectKey(ApiResource.GroupOf(apiVersion), target.Text("kind") ?? "Deployment", autoscaler.Namespace, name));
    }
}
