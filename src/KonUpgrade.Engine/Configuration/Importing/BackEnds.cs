using System.Collections.Concurrent;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing;

/// <summary>
/// The Services that the target's API server asks before it takes an object: back ends of admission webhooks that are
/// there already (those of the import come late, and judge only what comes after them), and of conversion webhooks. An
/// object waits until its back ends are ready, each is waited for once, and one that does not come fails what it would
/// judge.
/// </summary>
internal sealed class BackEnds(KubernetesClient client, TargetServices services, TargetWaits waits, ImportOptions options, IReporter reporter)
{
    private readonly object _lock = new();
    private readonly ConcurrentDictionary<(string Namespace, string Name), Lazy<Task<string?>>> _ready = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<JsonPart>>> _namespaceLabels = new();
    private readonly ConcurrentDictionary<(string Group, string Plural), Lazy<Task<Conversion?>>> _conversions = new();
    private Task<IReadOnlyList<AdmissionWebhook>>? _webhooks;

    /// <summary>Forgets which webhooks there are: those of the import are in place, and judge what comes after them.</summary>
    public void Forget()
    {
        lock (_lock)
            _webhooks = null;
    }

    /// <summary>Waits for whatever judges an object.</summary>
    /// <returns>Null where all is ready; else why the object can't be written.</returns>
    public async Task<Failure?> WhyNotAsync(ImportItem item, ApiResource resource, KubernetesObject source, CancellationToken cancellationToken)
    {
        // A dry run is told by the server itself, and nobody waits for what does not come.
        if (options.DryRun)
            return null;
        foreach (var webhook in await WebhooksAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!webhook.Rules.Any(r => r.Covers(resource)) || !webhook.Objects.Matches(Labels(source.Metadata)))
                continue;
            if (!webhook.Namespaces.IsEmpty && resource.Namespaced && item.Key.Namespace is { } ns
                && !webhook.Namespaces.Matches(await NamespaceLabelsAsync(ns, cancellationToken).ConfigureAwait(false)))
            {
                continue;
            }
            if (await ReadyAsync(webhook.Service, cancellationToken).ConfigureAwait(false) is { } reason)
                return ImportFailures.BackEndNotReady($"The webhook {webhook.Name}", $"{webhook.Service.Namespace}/{webhook.Service.Name}", reason) with { Target = item.ToString() };
        }
        if (!BuiltInGroups.Contains(resource.Group)
            && await ConversionAsync(resource, cancellationToken).ConfigureAwait(false) is { } conversion && conversion.StorageVersion != resource.Version
            && await ReadyAsync(conversion.Service, cancellationToken).ConfigureAwait(false) is { } notReady)
        {
            return ImportFailures.BackEndNotReady(
                $"The conversion from {resource.Version} to {conversion.StorageVersion}", $"{conversion.Service.Namespace}/{conversion.Service.Name}", notReady) with
            { Target = item.ToString() };
        }
        return null;
    }

    private Task<string?> ReadyAsync((string Namespace, string Name) service, CancellationToken cancellationToken) =>
        _ready.GetOrAdd(service, s => new Lazy<Task<string?>>(() => waits.ServiceIsReadyAsync(s.Namespace, s.Name, cancellationToken))).Value;

    private Task<IReadOnlyList<AdmissionWebhook>> WebhooksAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _webhooks ??= ReadWebhooksAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<AdmissionWebhook>> ReadWebhooksAsync(CancellationToken cancellationToken)
    {
        var found = new List<AdmissionWebhook>();
        foreach (var kind in new[] { "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration" })
        {
            if (services.Catalog.FindPreferred("admissionregistration.k8s.io", kind) is not { } resource)
                continue;
            try
            {
                await foreach (var o in client.ListAsync(resource, ListOptions.All, cancellationToken).ConfigureAwait(false))
                {
                    using (o)
                        found.AddRange(AdmissionWebhook.Read(o));
                }
            }
            catch (KubernetesApiException e) when (e.StatusCode == 403)
            {
                reporter.Verbose($"Which webhooks judge objects on {client.Target} is not known, so none is waited for: {e.Failure.Message}");
            }
        }
        return found;
    }

    private Task<JsonPart> NamespaceLabelsAsync(string name, CancellationToken cancellationToken) =>
        _namespaceLabels.GetOrAdd(name, n => new Lazy<Task<JsonPart>>(async () =>
        {
            var resource = services.Catalog.Find("", "v1", "Namespace");
            using var o = resource is null ? null : await client.GetAsync(resource, null, n, cancellationToken).ConfigureAwait(false);
            return o is null ? default : Labels(o.Metadata).ValueKind == JsonValueKind.Undefined ? default : Labels(o.Metadata).Clone();
        })).Value;

    private Task<Conversion?> ConversionAsync(ApiResource resource, CancellationToken cancellationToken) =>
        _conversions.GetOrAdd((resource.Group, resource.Plural), key => new Lazy<Task<Conversion?>>(async () =>
        {
            if (services.Catalog.Find("apiextensions.k8s.io", "v1", "CustomResourceDefinition") is not { } definitions)
                return null;
            try
            {
                using var definition = await client.GetAsync(definitions, null, $"{key.Plural}.{key.Group}", cancellationToken).ConfigureAwait(false);
                return definition is null ? null : Conversion.Read(definition.Root);
            }
            catch (KubernetesApiException e) when (e.StatusCode == 403)
            {
                reporter.Verbose($"Whether {resource} is converted by a webhook is not known: {e.Failure.Message}");
                return null;
            }
        })).Value;

    private static JsonPart Labels(JsonPart metadata) =>
        metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("labels"u8, out var labels) ? labels : default;

    private sealed record Conversion((string Namespace, string Name) Service, string StorageVersion)
    {
        public static Conversion? Read(JsonPart root)
        {
            var spec = root.Member("spec");
            var conversion = spec.Member("conversion");
            if (conversion.Text("strategy") != "Webhook" || WebhookService.Of(conversion.Member("webhook").Member("clientConfig")) is not { } service)
                return null;
            var storage = spec.Objects("versions").FirstOrDefault(v => v.Member("storage").ValueKind == JsonValueKind.True);
            return storage.Text("name") is { } version ? new Conversion(service, version) : null;
        }
    }
}
