using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>
/// Behind every admission webhook somebody answers. One without whose answer nothing is taken (<c>failurePolicy: Fail</c>)
/// can stop a whole cluster: pods that should move are not admitted on another node.
/// </summary>
internal sealed class WebhooksAnswerCheck : IReadinessCheck<ClusterSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "WebhooksAnswer",
        Title = "Behind every admission webhook is a Service with an endpoint that is ready",
        Category = ReadinessCategory.Admission,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Bring the webhook's Service back, or delete its configuration where its program is gone.",
        Documentation = "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var configurations = await subject.ReadAsync(WebhookFact.All, cancellationToken).ConfigureAwait(false);
        if (!configurations.Any(configuration => configuration.Webhooks.Count > 0))
            return ReadinessOutcome.None("No webhook asks a Service of the cluster.");
        var services = (await subject.ReadAsync(ServiceFact.All, cancellationToken).ConfigureAwait(false)).ToDictionary(service => (service.Namespace ?? "", service.Name));
        var ready = (await subject.ReadAsync(EndpointFact.Ready, cancellationToken).ConfigureAwait(false)).ToHashSet();
        var findings = configurations.SelectMany(configuration => configuration.Webhooks
            .Select(webhook => (Webhook: webhook, Lack: Lack(webhook)))
            .Where(one => one.Lack is not null)
            .Select(one => configuration.Finding(
                $"the webhook {one.Webhook.Webhook} asks the Service {one.Webhook.Namespace}/{one.Webhook.Service}, {one.Lack}{(one.Webhook.MayFail ? "; objects are taken all the same (failurePolicy: Ignore)" : "")}",
                one.Webhook.MayFail ? ReadinessSeverity.Advisory : ReadinessSeverity.Blocking)));
        return ReadinessOutcome.Of(configurations.Sum(configuration => configuration.Webhooks.Count), "webhook", [.. findings]);

        string? Lack(WebhookBackEnd webhook) => !services.TryGetValue((webhook.Namespace, webhook.Service), out var service) ? "which is not there"
            : service.Type == "ExternalName" || ready.Contains(new EndpointFact(webhook.Namespace, webhook.Service)) ? null
            : "which has no endpoint that is ready";
    }
}
