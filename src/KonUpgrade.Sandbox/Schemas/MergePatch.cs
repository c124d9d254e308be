using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>JSON merge patch, RFC 7386.</summary>
internal static class MergePatch
{
    /// <summary>The object with the patch applied. <paramref name="current"/> is changed and returned; the patch is left as it is.</summary>
    public static JsonObject Apply(JsonObject current, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case null:
                    current.Remove(name);
                    break;
                case JsonObject nested:
                    if (current[name] is not JsonObject target)
                        current[name] = target = [];
                    Apply(target, nested);
                    break;
                default:
                    current[name] = value.DeepClone();
                    break;
            }
        }
        return current;
    }
}
