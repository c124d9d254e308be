using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Workloads;

/// <summary>The entries of an object's managedFields, as a tree that can be changed and sent.</summary>
internal static class ManagedEntries
{
    /// <summary>The entries of an object; null where nobody's fields are tracked.</summary>
    public static JsonArray? Of(KubernetesObject live) =>
        live.Metadata.Member("managedFields") is { ValueKind: JsonValueKind.Array } json ? JsonNode.Parse(json.GetRawBytes().Span) as JsonArray : null;

    /// <summary>Whether an entry is that of a manager's writes of the object itself.</summary>
    public static bool IsOf(JsonObject entry, FieldManager manager) =>
        Text(entry, "subresource").Length == 0 && Text(entry, "manager") == manager.Manager && Text(entry, "operation") == manager.Operation;

    /// <summary>The JSON merge patch that puts other entries in the place of an object's, as it was seen.</summary>
    public static byte[] PatchOf(KubernetesObject live, JsonArray managed)
    {
        var metadata = new JsonObject { ["resourceVersion"] = live.ResourceVersion, ["uid"] = live.Uid, ["managedFields"] = managed };
        return JsonTree.Write(new JsonObject { ["metadata"] = metadata });
    }

    /// <summary>What a manager owns of the object itself in a version, made where it owns nothing yet.</summary>
    public static JsonObject FieldsOf(JsonArray managed, FieldManager manager, string apiVersion, DateTimeOffset now)
    {
        var entry = managed.OfType<JsonObject>().FirstOrDefault(e => IsOf(e, manager) && Text(e, "apiVersion") == apiVersion);
        if (entry is null)
        {
            entry = new JsonObject
            {
                ["manager"] = manager.Manager,
                ["operation"] = manager.Operation,
                ["apiVersion"] = apiVersion,
                ["time"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["fieldsType"] = "FieldsV1",
            };
            managed.Add((JsonNode)entry);
        }
        if (entry["fieldsV1"] is not JsonObject fields)
            entry["fieldsV1"] = fields = [];
        return fields;
    }

    /// <summary>A text of an entry; empty where it has none.</summary>
    public static string Text(JsonObject entry, string name) => entry[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
}
