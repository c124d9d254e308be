using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>
/// Objects as trees that can be changed, for the few in which something has to change. Numbers stay as they were written.
/// </summary>
internal static class JsonTree
{
    private const int MaxDepth = 1000;
    private static readonly JsonSerializerOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth };

    /// <summary>Reads an object.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    /// <exception cref="InvalidOperationException">It is JSON and no object.</exception>
    public static JsonObject Parse(ReadOnlyMemory<byte> json) =>
        JsonNode.Parse(json.Span, documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth })!.AsObject();

    /// <summary>The tree as UTF-8 JSON.</summary>
    public static byte[] Write(JsonNode node) => JsonSerializer.SerializeToUtf8Bytes(node, s_plain);

    /// <summary>A value as JSON, for people and for annotations; null for none.</summary>
    public static string? Text(JsonNode? node) => node?.ToJsonString(s_plain);
}
