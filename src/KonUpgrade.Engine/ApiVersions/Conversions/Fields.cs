using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.Conversions;

/// <summary>What converters do with fields. A field that is null is as one that is not there, as a server has it.</summary>
internal static class Fields
{
    /// <summary>The mapping in a field; null where there is none.</summary>
    public static JsonObject? Mapping(this JsonObject node, string name) => node[name] as JsonObject;

    /// <summary>The mappings in a list.</summary>
    public static IEnumerable<JsonObject> Mappings(this JsonObject node, string name) => (node[name] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>The text in a field; null where there is none.</summary>
    public static string? Text(this JsonObject node, string name) => node[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Takes a field out; null where it is not there.</summary>
    public static JsonNode? Take(this JsonObject node, string name)
    {
        var value = node[name];
        node.Remove(name);
        return value;
    }

    /// <summary>Gives a field another name, unless something is there already.</summary>
    public static void Rename(this JsonObject node, string from, string to)
    {
        if (node.Take(from) is { } value && node[to] is null)
            node[to] = value;
    }

    /// <summary>Writes a default down where nothing was said.</summary>
    /// <returns>Whether nothing was.</returns>
    public static bool Pin(this JsonObject node, string name, JsonNode value)
    {
        if (node[name] is not null)
            return false;
        node[name] = value;
        return true;
    }
}
