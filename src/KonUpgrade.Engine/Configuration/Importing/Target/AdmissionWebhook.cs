using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>
/// A webhook without whose answer the API server refuses what the webhook judges. One that may fail
/// (<c>failurePolicy: Ignore</c>) or that answers at a URL is none of our business.
/// </summary>
internal sealed record AdmissionWebhook(
    string Name, (string Namespace, string Name) Service, IReadOnlyList<AdmissionWebhook.Rule> Rules, LabelSelector Namespaces, LabelSelector Objects)
{
    /// <summary>The webhooks of a configuration that objects wait for.</summary>
    public static IEnumerable<AdmissionWebhook> Read(KubernetesObject configuration)
    {
        foreach (var webhook in configuration.Root.Objects("webhooks"))
        {
            if (webhook.Text("failurePolicy") == "Ignore" || WebhookService.Of(webhook.Member("clientConfig")) is not { } service)
                continue;
            // Conditions in CEL are the server's to evaluate: what they might leave out is not waited for.
            if (webhook.Objects("matchConditions").Any())
                continue;
            var rules = webhook.Objects("rules").Where(IsAboutWrites).Select(Rule.Read).ToList();
            if (rules.Count > 0)
            {
                yield return new AdmissionWebhook(
                    $"{webhook.Text("name")} of {configuration.Kind} {configuration.Name}", service, rules,
                    LabelSelector.Of(webhook.Member("namespaceSelector")), LabelSelector.Of(webhook.Member("objectSelector")));
            }
        }
    }

    private static bool IsAboutWrites(JsonPart rule) => rule.Texts("operations").Any(o => o is "*" or "CREATE" or "UPDATE");

    /// <summary>What a webhook judges.</summary>
    internal sealed record Rule(IReadOnlyList<string> Groups, IReadOnlyList<string> Resources, string Scope)
    {
        public static Rule Read(JsonPart rule) =>
            new([.. rule.Texts("apiGroups")], [.. rule.Texts("resources")], rule.Text("scope") ?? "*");

        /// <summary>Versions don't count: with matchPolicy Equivalent, the default, a rule covers a kind in all of them.</summary>
        public bool Covers(ApiResource resource) =>
            (Groups.Contains("*") || Groups.Contains(resource.Group))
            && (Resources.Contains("*") || Resources.Contains("*/*") || Resources.Contains(resource.Plural))
            && Scope switch { "Namespaced" => resource.Namespaced, "Cluster" => !resource.Namespaced, _ => true };
    }
}
