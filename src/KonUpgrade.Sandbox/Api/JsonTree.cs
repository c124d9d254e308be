using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Api;

/// <summary>Reads and writes JSON trees; numbers keep their digits.</summary>
internal static class JsonTree
{
    private static readonly JsonReaderOptions Reading = new() { MaxDepth = 512 };
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 512 };

    /// <summary>Reads one JSON value; of a field that is there twice the last one counts.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, Reading);
        if (!reader.Read()) throw new JsonException("unexpected end of JSON input");
        JsonNode? value = ReadValue(ref reader);
        if (reader.Read()) throw new JsonException("unexpected text after the top-level value");
        return value;
    }

    public static JsonObject ParseObject(ReadOnlySpan<byte> utf8)
        => Parse(utf8) as JsonObject ?? throw new JsonException("a JSON object was expected");

    public static byte[] ToUtf8(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        Write(node, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    public static void Write(JsonNode node, IBufferWriter<byte> to)
    {
        using var writer = new Utf8JsonWriter(to, Writing);
        node.WriteTo(writer);
    }

    /// <summary>Writes an object with its kind and apiVersion first; says how long that beginning is.</summary>
    public static (byte[] Json, int TypeLength) ToStored(JsonObject item, string kind, string apiVersion)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        int typeLength;
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, kind);
            writer.WriteString("apiVersion"u8, apiVersion);
            // The comma that follows belongs to the beginning as well: metadata always comes.
            typeLength = (int)(writer.BytesCommitted + writer.BytesPending) + 1;
            WriteMember(writer, item, "metadata");
            foreach ((string name, JsonNode? value) in item)
            {
                if (name is "kind" or "apiVersion" or "metadata") continue;
                writer.WritePropertyName(name);
                if (value is null) writer.WriteNullValue();
                else value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return (buffer.WrittenSpan.ToArray(), typeLength);
    }

    private static void WriteMember(Utf8JsonWriter writer, JsonObject item, string name)
    {
        writer.WritePropertyName(name);
        if (item[name] is { } value) value.WriteTo(writer);
        else
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        }
    }

    private static JsonNode? ReadValue(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var item = new JsonObject();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    string name = reader.GetString()!;
                    reader.Read();
                    item[name] = ReadValue(ref reader);
                }
                return item;
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    list.Add(ReadValue(ref reader));
                return list;
            case JsonTokenType.String:
                return JsonValue.Create(reader.GetString());
            case JsonTokenType.True:
                return JsonValue.Create(true);
            case JsonTokenType.False:
                return JsonValue.Create(false);
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.Number:
                if (reader.TryGetInt64(out long whole)) return JsonValue.Create(whole);
                return JsonValue.Create(JsonElement.ParseValue(ref reader));
            default:
                throw new JsonException($"unexpected {reader.TokenType}");
        }
    }
}
