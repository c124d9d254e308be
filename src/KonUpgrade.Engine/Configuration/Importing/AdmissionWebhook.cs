using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;

namespace KonUpgrade.Engine.Configuration.Importing;

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
        foreach (var webhook in Json.Items(configuration.Root, "webhooks"))
        {
            if (Json.Text(webhook, "failurePolicy") == "Ignore" || Json.Service(Json.Member(webhook, "clientConfig")) is not { } service)
                continue;
            // Conditions in CEL are the server's to evaluate: what they might leave out is not waited for.
            if (Json.Items(webhook, "matchConditions").Any())
                continue;
            var rules = Json.Items(webhook, "rules").Where(IsAboutWrites).Select(Rule.Read).ToList();
            if (rules.Count > 0)
            {
                yield return new AdmissionWebhook(
                    $"{Json.Text(webhook, "name")} of {configuration.Kind} {configuration.Name}", service, rules,
                    LabelSelector.Of(Json.Member(webhook, "namespaceSelector")), LabelSelector.Of(Json.Member(webhook, "objectSelector")));
            }
        }
    }

    private static bool IsAboutWrites(JsonElement rule) => Json.Texts(rule, "operations").Any(o => o is "*" or "CREATE" or "UPDATE");

    /// <summary>What a webhook judges.</summary>
    internal sealed record Rule(IReadOnlyList<string> Groups, IReadOnlyList<string> Resources, string Scope)
    {
        public static Rule Read(JsonElement rule) =>
            new([.. Json.Texts(rule, "apiGroups")], [.. Json.Texts(rule, "resources")], Json.Text(rule, "scope") ?? "*");

        /// <summary>Versions don't count: with matchPolicy Equivalent, the default, a rule covers a kind in all of them.</summary>
        public bool Covers(ApiResource resource) =>
            (Groups.Contains("*") || Groups.Contains(resource.Group))
            && (Resources.Contains("*") || Resources.Contains("*/*") || Resources.Contains(resource.Plural))
            && Scope switch { "Namespaced" => resource.Namespaced, "Cluster" => !resource.Namespaced, _ => true };
    }
}
