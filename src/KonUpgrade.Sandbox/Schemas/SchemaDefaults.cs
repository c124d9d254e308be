using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// Fills in what is absent. A built-in kind is first brought into the form of the server's Go types and then gets the
/// server's defaults; a custom resource gets the defaults of its schema, and loses nulls where null is no value.
/// </summary>
internal static class SchemaDefaults
{
    public static void Apply(JsonObject obj, SchemaNode schema)
    {
        if (schema.BuiltIn)
            BuiltInForm.Normalize(obj, schema);
        Walk(obj, schema);
    }

    private static void Walk(JsonObject obj, SchemaNode schema)
    {
        List<string>? nulls = null;
        foreach (var (name, node) in schema.Properties)
        {
            // A default that is the zero of its type is left out again when it is written.
            if (node.Default is null || (node.BuiltIn && !node.Pointer && !node.AlwaysWritten && BuiltInForm.IsZero(node.Default, node)))
                continue;
            if (!obj.TryGetPropertyValue(name, out var value) || (value is null && !node.Nullable) || (node.BuiltIn && IsUnset(value, node)))
                obj[name] = node.Default.DeepClone();
        }
        foreach (var (name, value) in obj)
        {
            if (!schema.Properties.TryGetValue(name, out var node))
                node = schema.AdditionalProperties;
            if (node is null)
                continue;
            // Of a field that is no nullable one null is the same as nothing; built-in kinds were seen to already.
            if (value is null && !node.BuiltIn && !node.Nullable && node.Type != SchemaType.Any && schema.Properties.ContainsKey(name))
                (nulls ??= []).Add(name);
            Value(value, node);
        }
        foreach (var name in nulls ?? [])
            obj.Remove(name);
        if (schema.BuiltIn && schema.Definition is { } definition && BuiltInDefaults.Rules.TryGetValue(definition, out var rule))
            rule(obj, schema);
    }

    private static void Value(JsonNode? value, SchemaNode node)
    {
        switch (value)
        {
            case JsonObject map:
                if (node.Properties.Count > 0 || node.AdditionalProperties is not null)
                    Walk(map, node);
                break;
            case JsonArray list when node.Items is { } items:
                foreach (var item in list)
                    Value(item, items);
                break;
        }
    }

    // Zero and unset are one for what is no pointer.
    private static bool IsUnset(JsonNode? value, SchemaNode node) => !node.Pointer && value switch
    {
        null => true,
        JsonArray list => list.Count == 0,
        JsonObject => false,
        _ => Json.Text(value) is { Length: 0 } || (Json.TryNumber(value, out var number) && number == 0),
    };
}
