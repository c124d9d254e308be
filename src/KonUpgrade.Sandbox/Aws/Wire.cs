using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Aws;

/// <summary>Values as the service writes them.</summary>
internal static class Wire
{
    /// <summary>Seconds since 1970, with a fraction to the millisecond.</summary>
    public static JsonNode Time(DateTimeOffset time) => JsonValue.Create(time.ToUnixTimeMilliseconds() / 1000m);

    public static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);

    public static JsonObject Map(IEnumerable<KeyValuePair<string, string>> texts)
    {
        var map = new JsonObject();
        foreach ((string key, string value) in texts) map[key] = value;
        return map;
    }
}
