using System.Text.Json;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>Reads a request's body and tells which fields are in it twice; the last one counts, as on the real server.</summary>
internal static class StrictJson
{
    /// <summary>
    /// The object of the body. <paramref name="duplicates"/> are the paths given more than once (spec.replicas), in the
    /// order in which they come.
    /// </summary>
    /// <exception cref="JsonException">It is no JSON object, or is nested deeper than a thousand levels.</exception>
    public static JsonObject Parse(ReadOnlySpan<byte> body, out IReadOnlyList<string> duplicates)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 1000 });
        List<string>? found = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("the body is no JSON object");
        var obj = ReadObject(ref reader, null, ref found);
        if (reader.Read())
            throw new JsonException("there is more after the JSON object");
        duplicates = found ?? (IReadOnlyList<string>)[];
        return obj;
    }

    private static JsonNode? ReadValue(ref Utf8JsonReader reader, Place? parent, string? name, int index, ref List<string>? duplicates)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, new Place(parent, name, index), ref duplicates);
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                var place = new Place(parent, name, index);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    list.Add(ReadValue(ref reader, place, null, list.Count, ref duplicates));
                return list;
            case JsonTokenType.String:
                return JsonValue.Create(reader.GetString());
            case JsonTokenType.True:
                return JsonValue.Create(true);
            case JsonTokenType.False:
                return JsonValue.Create(false);
            case JsonTokenType.Null:
                return null;
            default:
                // A number: kept as it is written when it is not a plain whole one.
                return reader.TryGetInt64(out var number) ? JsonValue.Create(number) : JsonNode.Parse(ref reader);
        }
    }

    private static JsonObject ReadObject(ref Utf8JsonReader reader, Place? place, ref List<string>? duplicates)
    {
        var obj = new JsonObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var value = ReadValue(ref reader, place, name, -1, ref duplicates);
            if (obj.ContainsKey(name))
                (duplicates ??= []).Add(new Place(place, name, -1).ToString());
            obj[name] = value;
        }
        return obj;
    }

    // Written out only for what is there twice.
    private sealed record Place(Place? Parent, string? Name, int Index)
    {
        public override string ToString() => Name is null ? $"{Parent}[{Index}]" : Parent is null ? Name : $"{Parent}.{Name}";
    }
}
