using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Manifests.Comparison;

/// <summary>Values as one line of JSON for people to read.</summary>
internal static class CompactJson
{
    // Nothing here goes into HTML: quotes, angle brackets and letters of all scripts stay as they are.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions s_reading = new() { MaxDepth = JsonTokenizer.MaxDepth };

    /// <summary>The value as one line.</summary>
    public static string Of(JsonPart value)
    {
        if (value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null)
            return value.GetRawText();
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            using var document = JsonDocument.Parse(value.GetRawBytes(), s_reading);
            document.RootElement.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>The value as one line of at most so many characters; a longer one is cut and ends in an ellipsis.</summary>
    public static string Of(JsonPart value, int maximumLength)
    {
        var text = Of(value);
        if (text.Length <= maximumLength)
            return text;
        var length = Math.Max(1, maximumLength - 1);
        if (char.IsHighSurrogate(text[length - 1]))
            length--;
        return string.Concat(text.AsSpan(0, length), "…");
    }
}
