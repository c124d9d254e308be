using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Velero.Restores;

/// <summary>The merge patch (RFC 7386) that turns one object into another.</summary>
internal static class MergeDifference
{
    public static JsonObject Of(JsonObject from, JsonObject to)
    {
        var patch = new JsonObject();
        foreach ((string field, JsonNode? value) in to)
        {
            if (JsonNode.DeepEquals(from[field], value)) continue;
            patch[field] = from[field] is JsonObject before && value is JsonObject after ? Of(before, after) : value?.DeepClone();
        }
        foreach ((string field, _) in from)
        {
            if (!to.ContainsKey(field)) patch[field] = null;
        }
        return patch;
    }
}
