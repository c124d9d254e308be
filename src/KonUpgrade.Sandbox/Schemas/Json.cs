using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>What System.Text.Json leaves open about values: equality by meaning, numbers whatever they are backed by, compact text.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static bool IsScalar(JsonNode? node) => node is JsonValue;

    public static bool IsString(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String;

    public static string? Text(JsonNode? node) => IsString(node) ? node!.GetValue<string>() : null;

    /// <summary>Compact JSON with no more escapes than JSON asks for.</summary>
    public static string Compact(JsonNode? node) => node is null ? "null" : node.ToJsonString(Relaxed);

    /// <summary>A whole number, also when it is written 2.0 or 2e0.</summary>
    public static bool TryInteger(JsonNode? node, out long number)
    {
        number = 0;
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.Number)
            return false;
        if (value.TryGetValue(out number))
            return true;
        if (value.TryGetValue(out int small))
        {
            number = small;
            return true;
        }
        if (!TryNumber(node, out var real) || real != Math.Truncate(real) || Math.Abs(real) > 9e15)
            return false;
        number = (long)real;
        return true;
    }

    public static bool TryNumber(JsonNode? node, out double number)
    {
        number = 0;
        return node is JsonValue value && value.GetValueKind() == JsonValueKind.Number
            && (value.TryGetValue(out number)
                || double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number));
    }

    /// <summary>Equal as JSON: the order of names does not count, 1 equals 1.0.</summary>
    public static bool Same(JsonNode? left, JsonNode? right)
    {
        if (ReferenceEquals(left, right))
            return true;
        switch (left, right)
        {
            case (null, _) or (_, null):
                return false;
            case (JsonObject a, JsonObject b):
                if (a.Count != b.Count)
                    return false;
                foreach (var (name, value) in a)
                {
                    if (!b.TryGetPropertyValue(name, out var other) || !Same(value, other))
                        return false;
                }
                return true;
            case (JsonArray a, JsonArray b):
                if (a.Count != b.Count)
                    return false;
                for (var i = 0; i < a.Count; i++)
                {
                    if (!Same(a[i], b[i]))
                        return false;
                }
                return true;
            case (JsonValue a, JsonValue b):
                var kind = a.GetValueKind();
                if (kind != b.GetValueKind())
                    return false;
                return kind switch
                {
                    JsonValueKind.String => a.GetValue<string>() == b.GetValue<string>(),
                    JsonValueKind.Number => TryInteger(a, out var x) && TryInteger(b, out var y) ? x == y
                        : TryNumber(a, out var r) && TryNumber(b, out var s) && r.Equals(s),
                    _ => true,
                };
            default:
                return false;
        }
    }

    public static bool Contains(IEnumerable<JsonNode?> values, JsonNode? value)
    {
        foreach (var one in values)
        {
            if (Same(one, value))
                return true;
        }
        return false;
    }

    /// <summary>Takes all items out of a list, so that they can be put elsewhere without copies.</summary>
    public static List<JsonNode?> Detach(JsonArray array)
    {
        var items = new List<JsonNode?>(array);
        array.Clear();
        return items;
    }
}
