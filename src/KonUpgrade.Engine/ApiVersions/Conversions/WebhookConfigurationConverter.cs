using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>Admission webhooks on their way from admissionregistration.k8s.io/v1beta1 to v1: what was so by itself is written down.</summary>
internal sealed class WebhookConfigurationConverter : IObjectConverter
{
    private const string Group = "admissionregistration.k8s.io";

    /// <inheritdoc/>
    public IReadOnlyList<string> Kinds => ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

    /// <inheritdoc/>
    public bool Converts(string from, string to) => from == Group + "/v1beta1" && to == Group + "/v1";

    /// <inheritdoc/>
    public IReadOnlyList<string> Convert(JsonObject o, string to)
    {
        var notes = new List<string>();
        foreach (var webhook in o.Mappings("webhooks"))
        {
            var name = webhook.Text("name");
            webhook.Pin("failurePolicy", "Ignore");
            webhook.Pin("matchPolicy", "Exact");
            webhook.Pin("timeoutSeconds", 30);
            if (webhook.Pin("admissionReviewVersions", new JsonArray("v1beta1")))
                notes.Add($"{name}: it is asked in admission.k8s.io/v1beta1, as before without being told.");
            if (webhook.Text("sideEffects") is not ("None" or "NoneOnDryRun"))
            {
                var told = webhook.Text("sideEffects") ?? "Unknown";
                webhook["sideEffects"] = "NoneOnDryRun";
                notes.Add($"{name}: sideEffects was {told}, which {to} does not take. It is NoneOnDryRun: dry runs, which were refused, reach the webhook, and it must change nothing outside for them.");
            }
        }

        return notes;
    }
}
