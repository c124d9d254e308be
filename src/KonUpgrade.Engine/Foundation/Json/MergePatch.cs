using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>JSON merge patches (RFC 7386).</summary>
internal static class MergePatch
{
    /// <summary>What makes one object of another: members that differ; null for those that go. Lists are told as a whole.</summary>
    public static JsonObject Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in before)
        {
            if (!after.ContainsKey(name))
                patch[name] = null;
            else if (value is JsonObject old && after[name] is JsonObject now)
            {
                var inner = Between(old, now);
                if (inner.Count > 0)
                    patch[name] = inner;
            }
            else if (!JsonNode.DeepEquals(value, after[name]))
            {
                patch[name] = after[name]?.DeepClone();
            }
        }
        foreach (var (name, value) in after)
        {
            if (!before.ContainsKey(name))
                patch[name] = value?.DeepClone();
        }
        return patch;
    }
}
