using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;

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

    /// <summary>A request's body; one that is empty has no members.</summary>
    public static JsonObject Body(byte[] body)
    {
        try
        {
            return body.Length == 0 ? [] : JsonTree.ParseObject(body);
        }
        catch (JsonException unreadable)
        {
            throw AwsError.Serialization($"The body is no JSON object: {unreadable.Message}");
        }
    }

    /// <summary>The token of a page that begins after a place.</summary>
    public static string Token(string place) => Convert.ToBase64String(Encoding.UTF8.GetBytes(place));

    /// <summary>The place that a token stands for; null where it is none.</summary>
    public static string? Place(string token)
    {
        byte[] bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out int written) ? Encoding.UTF8.GetString(bytes, 0, written) : null;
    }
}
