using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.DataPlane;

/// <summary>Reads and writes fields of objects as controllers need them.</summary>
internal static class Fields
{
    /// <summary>The object in a field; an empty one, which belongs to nobody, where there is none.</summary>
    public static JsonObject Object(JsonNode? holder, string field) => (holder as JsonObject)?[field] as JsonObject ?? [];

    /// <summary>The object in a field, made where there is none.</summary>
    public static JsonObject Made(JsonObject holder, string field)
    {
        if (holder[field] is JsonObject there) return there;
        JsonObject made = [];
        holder[field] = made;
        return made;
    }

    public static IEnumerable<JsonObject> Objects(JsonNode? holder, string field)
        => (holder as JsonObject)?[field] is JsonArray list ? list.OfType<JsonObject>() : [];

    public static long? Number(JsonNode? holder, string field) => Json.TryInteger((holder as JsonObject)?[field], out long number) ? number : null;

    public static long Number(JsonNode? holder, string field, long otherwise) => Number(holder, field) ?? otherwise;

    public static bool Flag(JsonNode? holder, string field)
        => (holder as JsonObject)?[field] is JsonValue value && value.TryGetValue(out bool flag) && flag;

    public static string Text(JsonNode? holder, string field) => holder is JsonObject item ? Metadata.Text(item, field) : string.Empty;

    public static DateTimeOffset? Time(JsonNode? holder, string field)
        => DateTimeOffset.TryParse(Text(holder, field), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time : null;

    /// <summary>A map of texts: labels, annotations, selectors.</summary>
    public static Dictionary<string, string> Texts(JsonNode? holder, string field)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, JsonNode? value) in Object(holder, field))
        {
            if (value is JsonValue text && text.TryGetValue(out string? words)) texts[key] = words;
        }
        return texts;
    }

    public static JsonObject Map(IEnumerable<KeyValuePair<string, string>> texts)
    {
        var map = new JsonObject();
        foreach ((string key, string value) in texts) map[key] = value;
        return map;
    }

    /// <summary>A number or a share of a whole, as maxUnavailable and its like are written.</summary>
    /// <returns>Null when it is absent or neither.</returns>
    public static long? Share(JsonNode? value, long whole, bool roundUp)
    {
        if (Json.TryInteger(value, out long number)) return number;
        if (Json.Text(value) is not { } text || !text.EndsWith('%') || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out long percent)) return null;
        long hundredths = percent * whole;
        return roundUp ? (hundredths + 99) / 100 : hundredths / 100;
    }

    public static JsonObject? Condition(JsonNode? holder, string type)
        => Objects(holder, "conditions").FirstOrDefault(condition => Text(condition, "type") == type);

    public static bool Holds(JsonNode? holder, string type) => Text(Condition(holder, type), "status") == "True";

    /// <summary>Sets a condition of a status; true when that is news. The time of transition changes with the status alone.</summary>
    public static bool SetCondition(JsonObject holder, string type, string status, string? reason, string? message, DateTimeOffset now, long? observedGeneration = null)
    {
        if (holder["conditions"] is not JsonArray conditions) holder["conditions"] = conditions = [];
        JsonObject? old = Condition(holder, type);
        if (old is not null && Text(old, "status") == status && Text(old, "reason") == (reason ?? string.Empty) && Text(old, "message") == (message ?? string.Empty)
            && (observedGeneration is null || Number(old, "observedGeneration") == observedGeneration)) return false;
        bool turned = old is null || Text(old, "status") != status;
        if (old is null) conditions.Add((JsonNode)(old = []));
        old["type"] = type;
        old["status"] = status;
        if (turned) old["lastTransitionTime"] = Metadata.Time(now);
        Put(old, "reason", reason);
        Put(old, "message", message);
        if (observedGeneration is not null) old["observedGeneration"] = observedGeneration;
        return true;
    }

    /// <summary>Sets a field that is left out when it is zero, as most counts of a status are; true when that changed it.</summary>
    public static bool Count(JsonObject holder, string field, long number, bool keepZero = false)
    {
        if (number == 0 && !keepZero) return holder.Remove(field);
        if (Number(holder, field) == number) return false;
        holder[field] = number;
        return true;
    }

    private static void Put(JsonObject holder, string field, string? text)
    {
        if (text is null) holder.Remove(field);
        else holder[field] = text;
    }
}
