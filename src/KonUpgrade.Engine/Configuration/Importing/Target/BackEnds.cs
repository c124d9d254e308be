using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>
/// The Services that the target's API server asks before it takes an object: back ends of admission webhooks that are
/// there already (those of the import come late, and judge only what comes after them), and of conversion webhooks. An
/// object waits until its back ends are ready, each is waited for once, and one that does not come fails what it would
/// judge. Who waits is put aside: what the back end itself is made of may come in the same position.
/// </summary>
internal sealed class BackEnds(
    KubernetesClient client, TargetServices services, TargetWaits waits, HeldBackEnds held, ImportLedger ledger, ImportOptions options, IReporter reporter)
{
    private readonly ConcurrentQueue<AdmissionWebhook> _planned = new();
    private readonly ReadOnce<(string Namespace, string Name), ServiceLack?> _readyNow = new((service, token) => waits.ServiceLacksAsync(service.Namespace, service.Name, token));
    private readonly ReadOnce<(string Namespace, string Name), BackEndLack?> _ready = new((service, token) => WaitAsync(client, waits, held, options, reporter, service, token));
    private readonly ReadOnce<string, JsonPart> _namespaceLabels = new((name, token) => ReadNamespaceLabelsAsync(client, services, name, token));
    private readonly ReadOnce<(string Group, string Plural), Conversion?> _conversions =
        new((kind, token) => ReadConversionAsync(client, services, reporter, kind.Group, kind.Plural, token));
    private readonly ReadOnce<IReadOnlyList<AdmissionWebhook>> _webhooks = new(token => ReadWebhooksAsync(client, services, reporter, token));

    /// <summary>Forgets which webhooks there are: those of the import are in place, and judge what comes after them.</summary>
    public void Forget() => _webhooks.Forget();

    /// <summary>Looks at whatever judges an object. Nothing is waited for here.</summary>
    public async Task<BackEndState> LookAsync(ImportItem item, ApiResource resource, KubernetesObject source, CancellationToken cancellationToken)
    {
        if (options.DryRun)
            return await LookNowAsync(item, resource, source, cancellationToken).ConfigureAwait(false);
        foreach (var (who, service) in await JudgesAsync(item, resource, source, cancellationToken).ConfigureAwait(false))
        {
            var ready = _ready.GetAsync(service, cancellationToken);
            if (!ready.IsCompleted)
                return new BackEndState(null, ready);
            if (await ready.ConfigureAwait(false) is { } lack)
                return new BackEndState(ImportFailures.BackEndNotReady(who, $"{service.Namespace}/{service.Name}", lack.Text, lack.IsHeld) with { Target = item.ToString() }, null);
        }
        return BackEndState.Ready;
    }

    /// <summary>For a dry run: takes note of a configuration of webhooks that would be there for what comes after it.</summary>
    public void Plan(KubernetesObject configuration)
    {
        foreach (var webhook in AdmissionWebhook.Read(configuration))
            _planned.Enqueue(webhook);
    }

    private static async Task<BackEndLack?> WaitAsync(
        KubernetesClient client, TargetWaits waits, HeldBackEnds held, ImportOptions options, IReporter reporter, (string Namespace, string Name) service, CancellationToken cancellationToken)
    {
        if (await waits.ServiceLacksAsync(service.Namespace, service.Name, cancellationToken).ConfigureAwait(false) is null)
            return null;
        if (await held.FindAsync(service.Namespace, service.Name, cancellationToken).ConfigureAwait(false) is { } holder)
            return new BackEndLack($"{holder} is held", IsHeld: true);
        reporter.Information($"{client.Target}: objects that webhooks judge wait for the Service {service.Namespace}/{service.Name} to have an endpoint that is ready, {options.Timeout.TotalMinutes:0.#} minutes at the most.");
        return await waits.ServiceIsReadyAsync(service.Namespace, service.Name, cancellationToken).ConfigureAwait(false) is { } reason ? new BackEndLack(reason, IsHeld: false) : null;
    }

    // In a dry run nobody waits. A back end that comes with the import is not there to be asked, and neither is a webhook.
    private async Task<BackEndState> LookNowAsync(ImportItem item, ApiResource resource, KubernetesObject source, CancellationToken cancellationToken)
    {
        foreach (var (who, service) in await JudgesAsync(item, resource, source, cancellationToken).ConfigureAwait(false))
        {
            if (await _readyNow.GetAsync(service, cancellationToken).ConfigureAwait(false) is not { } reason)
                continue;
            var name = $"{service.Namespace}/{service.Name}";
            var comes = ledger.IsPlanned(new ObjectKey("", "Service", service.Namespace, service.Name));
            if (reason.IsMissing && !comes)
                return new BackEndState(ImportFailures.BackEndNotReady(who, name, reason.Text) with { Target = item.ToString() }, null);
            return BackEndState.Ready with
            {
                MayTry = false,
                Absent = $"Not tried on the server: {Lower(who)} asks the Service {name}, which {(comes ? "comes with this import" : "is not ready")}; the import waits for it.",
            };
        }
        foreach (var webhook in _planned)
        {
            if (await IsJudgedAsync(webhook, item, resource, source, cancellationToken).ConfigureAwait(false))
                return BackEndState.Ready with { Absent = $"The webhook {webhook.Name}, which comes with this import, judges it then." };
        }
        return BackEndState.Ready;
    }

    private static string Lower(string who) => char.ToLowerInvariant(who[0]) + who[1..];

    private async Task<bool> IsJudgedAsync(
        AdmissionWebhook webhook, ImportItem item, ApiResource resource, KubernetesObject source, CancellationToken cancellationToken) =>
        webhook.Rules.Any(r => r.Covers(resource)) && webhook.Objects.Matches(Labels(source.Metadata))
        && (webhook.Namespaces.IsEmpty || await IsInNamespacesAsync(webhook.Namespaces, item, resource, source, cancellationToken).ConfigureAwait(false));

    private async Task<IReadOnlyList<(string Who, (string Namespace, string Name) Service)>> JudgesAsync(
        ImportItem item, ApiResource resource, KubernetesObject source, CancellationToken cancellationToken)
    {
        var judges = new List<(string, (string, string))>();
        foreach (var webhook in await _webhooks.GetAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await IsJudgedAsync(webhook, item, resource, source, cancellationToken).ConfigureAwait(false))
                judges.Add(($"The webhook {webhook.Name}", webhook.Service));
        }
        if (!BuiltInGroups.Contains(resource.Group)
            && await _conversions.GetAsync((resource.Group, resource.Plural), cancellationToken).ConfigureAwait(false) is { } conversion && conversion.StorageVersion != resource.Version)
        {
            judges.Add(($"The conversion from {resource.Version} to {conversion.StorageVersion}", conversion.Service));
        }
        return judges;
    }

    // A Namespace is judged by its own labels, with the one that the server gives it; other objects without a namespace
    // are always judged.
    private async Task<bool> IsInNamespacesAsync(
        LabelSelector namespaces, ImportItem item, ApiResource resource, KubernetesObject source, CancellationToken cancellationToken)
    {
        if (resource is { Group: "", Kind: "Namespace" })
        {
            using var index = JsonIndex.Parse(LabelsOfNamespace(source));
            return namespaces.Matches(index.Root);
        }
        return !resource.Namespaced || item.Key.Namespace is not { } ns
            || namespaces.Matches(await _namespaceLabels.GetAsync(ns, cancellationToken).ConfigureAwait(false));
    }

    private static byte[] LabelsOfNamespace(KubernetesObject source)
    {
        var labels = Labels(source.Metadata);
        var node = labels.ValueKind == JsonValueKind.Object ? JsonNode.Parse(labels.GetRawText())!.AsObject() : [];
        node["kubernetes.io/metadata.name"] = source.Name;
        return JsonSerializer.SerializeToUtf8Bytes(node);
    }

    private static async Task<IReadOnlyList<AdmissionWebhook>> ReadWebhooksAsync(
        KubernetesClient client, TargetServices services, IReporter reporter, CancellationToken cancellationToken)
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

    private static async Task<JsonPart> ReadNamespaceLabelsAsync(KubernetesClient client, TargetServices services, string name, CancellationToken cancellationToken)
    {
        var resource = services.Catalog.Find("", "v1", "Namespace");
        using var o = resource is null ? null : await client.GetAsync(resource, null, name, cancellationToken).ConfigureAwait(false);
        return o is null ? default : Labels(o.Metadata).ValueKind == JsonValueKind.Undefined ? default : Labels(o.Metadata).Clone();
    }

    private static async Task<Conversion?> ReadConversionAsync(
        KubernetesClient client, TargetServices services, IReporter reporter, string group, string plural, CancellationToken cancellationToken)
    {
        if (services.Catalog.Find("apiextensions.k8s.io", "v1", "CustomResourceDefinition") is not { } definitions)
            return null;
        try
        {
            using var definition = await client.GetAsync(definitions, null, $"{plural}.{group}", cancellationToken).ConfigureAwait(false);
            return definition is null ? null : Conversion.Read(definition.Root);
        }
        catch (KubernetesApiException e) when (e.StatusCode == 403)
        {
            reporter.Verbose($"Whether {plural}.{group} are converted by a webhook is not known: {e.Failure.Message}");
            return null;
        }
    }

    private static JsonPart Labels(JsonPart metadata) =>
        metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("labels"u8, out var labels) ? labels : default;

    private sealed record BackEndLack(string Text, bool IsHeld);

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
