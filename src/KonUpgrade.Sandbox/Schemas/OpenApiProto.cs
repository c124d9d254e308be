using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// Writes an OpenAPI v2 document in the protocol buffers form of gnostic (OpenAPIv2.proto), which is the only one that
/// kubectl asks a server for that has no version 3. What of a document is written is what <see cref="OpenApiDocuments"/>
/// makes of it.
/// </summary>
internal static class OpenApiProto
{
    public const string ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <summary>Whether a client that accepts these asks for it, by its present name or by the one with an at sign that came first.</summary>
    public static bool IsAsked(string accept) => accept.Contains("com.github.proto-openapi.spec.v2", StringComparison.Ordinal);

    public static byte[] Write(JsonObject document)
    {
        var root = new Message();
        root.Text(1, document["swagger"]);
        root.Nested(2, Info(document["info"]!.AsObject()));
        root.Nested(8, Paths(document["paths"]!.AsObject()));
        var definitions = new Message();
        foreach (var (name, schema) in document["definitions"]!.AsObject())
            definitions.Nested(1, Named(name, Schema(schema!.AsObject())));
        root.Nested(9, definitions);
        return root.ToArray();
    }

    private static Message Info(JsonObject info)
    {
        var message = new Message();
        message.Text(1, info["title"]);
        message.Text(2, info["version"]);
        return message;
    }

    private static Message Paths(JsonObject paths)
    {
        var message = new Message();
        foreach (var (path, item) in paths)
            message.Nested(2, Named(path, PathItem(item!.AsObject())));
        return message;
    }

    private static Message PathItem(JsonObject item)
    {
        var message = new Message();
        foreach (var (method, field) in new[] { ("get", 2), ("put", 3), ("post", 4), ("delete", 5), ("patch", 8) })
        {
            if (item[method] is JsonObject operation)
                message.Nested(field, Operation(operation));
        }
        Parameters(message, 9, item);
        return message;
    }

    private static Message Operation(JsonObject operation)
    {
        var message = new Message();
        message.Texts(7, operation["consumes"]);
        Parameters(message, 8, operation);
        var responses = new Message();
        foreach (var (code, response) in operation["responses"]!.AsObject())
        {
            var body = new Message();
            body.Text(1, response!["description"]);
            if (response["schema"] is JsonObject schema)
                body.Nested(2, new Message().Nested(1, Schema(schema)));
            responses.Nested(1, Named(code, new Message().Nested(1, body)));
        }
        message.Nested(9, responses);
        Extensions(message, 13, operation);
        return message;
    }

    private static void Parameters(Message message, int field, JsonObject owner)
    {
        foreach (var parameter in owner["parameters"] as JsonArray ?? [])
        {
            var query = Json.Text(parameter!["in"]) == "query";
            var body = new Message();
            body.Flag(1, parameter["required"]);
            body.Text(2, parameter["in"]);
            body.Text(4, parameter["name"]);
            body.Text(query ? 6 : 5, parameter["type"]);
            body.Flag(query ? 20 : 19, parameter["uniqueItems"]);
            // One of the parameters of a body or not, and of these one in the query or in the path.
            message.Nested(field, new Message().Nested(1, new Message().Nested(2, new Message().Nested(query ? 3 : 4, body))));
        }
    }

    private static Message Schema(JsonObject schema)
    {
        var message = new Message();
        message.Text(1, schema["$ref"]);
        message.Text(2, schema["format"]);
        message.Texts(19, schema["required"]);
        foreach (var value in schema["enum"] as JsonArray ?? [])
            message.Nested(20, Any(value));
        if (schema["additionalProperties"] is JsonObject more)
            message.Nested(21, new Message().Nested(1, Schema(more)));
        if (schema["type"] is { } type)
        {
            var types = new Message();
            types.Text(1, type);
            message.Nested(22, types);
        }
        if (schema["items"] is JsonObject items)
            message.Nested(23, new Message().Nested(1, Schema(items)));
        if (schema["properties"] is JsonObject properties)
        {
            var fields = new Message();
            foreach (var (name, property) in properties)
                fields.Nested(1, Named(name, Schema(property!.AsObject())));
            message.Nested(25, fields);
        }
        Extensions(message, 31, schema);
        return message;
    }

    private static void Extensions(Message message, int field, JsonObject owner)
    {
        foreach (var (name, value) in owner)
        {
            if (name.StartsWith("x-", StringComparison.Ordinal))
                message.Nested(field, Named(name, Any(value)));
        }
    }

    // Any value is carried as YAML, and JSON is YAML.
    private static Message Any(JsonNode? value)
    {
        var message = new Message();
        message.Text(2, Json.Compact(value) + "\n");
        return message;
    }

    private static Message Named(string name, Message value)
    {
        var message = new Message();
        message.Text(1, name);
        message.Nested(2, value);
        return message;
    }

    /// <summary>A message of protocol buffers: fields of text, truth values and other messages.</summary>
    private sealed class Message
    {
        private const int Varint = 0;
        private const int Bytes = 2;

        private readonly ArrayBufferWriter<byte> content = new();

        public byte[] ToArray() => content.WrittenSpan.ToArray();

        public void Text(int field, JsonNode? value)
        {
            if (Json.Text(value) is { Length: > 0 } text)
                Text(field, text);
        }

        public void Text(int field, string text) => Put(field, Encoding.UTF8.GetBytes(text));

        public void Texts(int field, JsonNode? list)
        {
            foreach (var text in list as JsonArray ?? [])
                Text(field, text);
        }

        public void Flag(int field, JsonNode? value)
        {
            if (value?.GetValue<bool>() != true)
                return;
            Number((uint)(field << 3 | Varint));
            Number(1);
        }

        public Message Nested(int field, Message message)
        {
            Put(field, message.content.WrittenSpan);
            return this;
        }

        private void Put(int field, ReadOnlySpan<byte> bytes)
        {
            Number((uint)(field << 3 | Bytes));
            Number((uint)bytes.Length);
            content.Write(bytes);
        }

        private void Number(uint value)
        {
            for (; value > 0x7F; value >>= 7)
                content.Write([(byte)(value | 0x80)]);
            content.Write([(byte)value]);
        }
    }
}
