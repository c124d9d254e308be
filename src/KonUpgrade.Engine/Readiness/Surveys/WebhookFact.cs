using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>The admission webhooks of one configuration that a Service of the cluster answers.</summary>
internal sealed record WebhookFact : ObjectFact
{
    private WebhookFact(KubernetesObject o)
        : base(o) => Webhooks = [.. o.Root.Objects("webhooks").Select(WebhookBackEnd.Of).OfType<WebhookBackEnd>()];

    public static FactKind<WebhookFact> All { get; } = new(
        ["admissionregistration.k8s.io"],
        static catalog => ((string[])["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"]).Select(kind => catalog.FindPreferred("admissionregistration.k8s.io", kind)).OfType<ApiResource>(),
        static (o, _) => new WebhookFact(o));

    public IReadOnlyList<WebhookBackEnd> Webhooks { get; }
}

/// <summary>Who answers for a webhook.</summary>
/// <param name="Webhook">The webhook's name.</param>
/// <param name="Namespace">The Service's namespace.</param>
/// <param name="Service">The Service.</param>
/// <param name="MayFail">Whether objects are taken without its answer (<c>failurePolicy: Ignore</c>).</param>
internal sealed record WebhookBackEnd(string Webhook, string Namespace, string Service, bool MayFail)
{
    public static WebhookBackEnd? Of(JsonPart webhook) => WebhookService.Of(webhook.Member("clientConfig"u8)) is { } service
        ? new WebhookBackEnd(webhook.Text("name") ?? "", service.Namespace, service.Name, webhook.Text("failurePolicy") == "Ignore")
        : null;
}
