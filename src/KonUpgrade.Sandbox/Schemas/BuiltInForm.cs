using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// The form a built-in kind takes by passing through the server's Go types: nulls and empty optional fields are dropped,
/// fields that are always written appear (status: {}, resources: {}), quantities become text.
/// </summary>
internal static class BuiltInForm
{
    /// <summary>Brings the object into that form, in place.</summary>
    public static void Normalize(JsonObject obj, SchemaNode schema)
    {
        List<string>? gone = null;
        foreach (var (name, value) in obj)
        {
            if (!schema.Properties.TryGetValue(name, out var node))
                node = schema.AdditionalProperties;
            if (node is null)
                continue;
            if (value is null)
            {
                // In a map null is the zero value of its type; of a field it is nothing at all.
                if (schema.AdditionalProperties is null)
                    (gone ??= []).Add(name);
                continue;
            }
            switch (value)
            {
                case JsonObject map when node.Type == SchemaType.Object && !node.PreserveUnknownFields:
                    Normalize(map, node);
                    break;
                case JsonArray list when node.Items is { } items:
                    NormalizeItems(list, items);
                    break;
            }
            if (schema.AdditionalProperties is null && !node.AlwaysWritten && !node.Pointer && IsZero(value, node))
                (gone ??= []).Add(name);
        }
        foreach (var name in gone ?? [])
            obj.Remove(name);
        foreach (var (name, node) in schema.Properties)
        {
            if (node.AlwaysWritten && !obj.ContainsKey(name))
                obj[name] = Zero(node);
        }
        if (schema.Properties.Count > 0)
            Quantities(obj, schema);
    }

    /// <summary>What the server writes of a kind in which nothing is set.</summary>
    public static JsonObject EmptyObject(SchemaNode schema)
    {
        var empty = new JsonObject();
        Normalize(empty, schema);
        return empty;
    }

    private static void NormalizeItems(JsonArray list, SchemaNode items)
    {
        foreach (var item in list)
        {
            if (item is JsonObject map && items.Type == SchemaType.Object && !items.PreserveUnknownFields)
                Normalize(map, items);
            else if (item is JsonArray inner && items.Items is { } deeper)
                NormalizeItems(inner, deeper);
        }
    }

    private static void Quantities(JsonObject obj, SchemaNode schema)
    {
        List<KeyValuePair<string, string>>? written = null;
        foreach (var (name, value) in obj)
        {
            if (schema.Properties.GetValueOrDefault(name) is not { } node)
                continue;
            if (node.Definition == WellKnown.Quantity)
            {
                if (Quantity.Canonical(value) is { } text && text != Json.Text(value))
                    (written ??= []).Add(new(name, text));
            }
            else if (node.AdditionalProperties?.Definition == WellKnown.Quantity && value is JsonObject map)
            {
                foreach (var (key, amount) in map.ToArray())
                {
                    if (Quantity.Canonical(amount) is { } text && text != Json.Text(amount))
                        map[key] = text;
                }
            }
        }
        foreach (var (name, text) in written ?? [])
            obj[name] = text;
    }

    /// <summary>Nothing in it: what omitempty leaves out.</summary>
    public static bool IsZero(JsonNode value, SchemaNode node) => value switch
    {
        JsonObject map => map.Count == 0 && node.AdditionalProperties is not null,
        JsonArray list => list.Count == 0,
        _ => node.Type switch
        {
            SchemaType.String => Json.Text(value) is { Length: 0 },
            SchemaType.Integer or SchemaType.Number => Json.TryNumber(value, out var number) && number == 0,
            SchemaType.Boolean => value.GetValueKind() == System.Text.Json.JsonValueKind.False,
            _ => false,
        },
    };

    private static JsonNode? Zero(SchemaNode node)
    {
        if (node.Pointer || node.Definition is WellKnown.Time or WellKnown.MicroTime or WellKnown.RawExtension)
            return null;
        switch (node.Type)
        {
            case SchemaType.Object when node.AdditionalProperties is null && !node.PreserveUnknownFields:
                var map = new JsonObject();
                Normalize(map, node);
                return map;
            case SchemaType.String:
                return node.Format == "byte" ? null : node.Definition == WellKnown.Quantity ? "0" : node.Definition == WellKnown.Duration ? "0s" : "";
            case SchemaType.Integer or SchemaType.Number:
                return 0;
            case SchemaType.Boolean:
                return false;
            case SchemaType.Any when node.IntOrString:
                return 0;
            default:
                return null;
        }
    }
}
