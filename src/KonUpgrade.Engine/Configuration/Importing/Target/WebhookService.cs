using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>The Service that an API server asks, as a webhook's <c>clientConfig</c> names it.</summary>
internal static class WebhookService
{
    /// <summary>The Service, or null where the webhook has a URL.</summary>
    public static (string Namespace, string Name)? Of(JsonPart clientConfig) =>
        clientConfig.Member("service"u8) is var service && service.Text("namespace") is { } ns && service.Text("name") is { } name ? (ns, name) : null;
}
