using System.Text.Json;

namespace KonUpgrade.Engine.Configuration.Importing;

/// <summary>Members of objects that may not be there, or not be what they should.</summary>
internal static class Json
{
    public static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

    public static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static IEnumerable<string> Texts(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)
            : [];

    public static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object) : [];

    /// <summary>The Service of a webhook's clientConfig, or null where it has a URL.</summary>
    public static (string Namespace, string Name)? Service(JsonElement clientConfig) =>
        Member(clientConfig, "service") is { ValueKind: JsonValueKind.Object } service && Text(service, "namespace") is { } ns && Text(service, "name") is { } name
            ? (ns, name)
            : null;
}
