using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>Value rules as OpenAPI v3 writes them.</summary>
internal static class OpenApiRules
{
    public static void Write(JsonObject json, ValueRules rules, Func<SchemaNode, JsonObject> schema)
    {
        void Number<T>(string name, T? value)
            where T : struct
        {
            if (value is { } number)
                json[name] = JsonValue.Create(number);
        }

        void All(string name, IReadOnlyList<SchemaNode>? nodes)
        {
            if (nodes is not null)
                json[name] = new JsonArray(nodes.Select(n => (JsonNode?)schema(n)).ToArray());
        }

        if (rules.Enum is not null)
            json["enum"] = new JsonArray(rules.Enum.Select(e => e?.DeepClone()).ToArray());
        if (rules.PatternText is not null)
            json["pattern"] = rules.PatternText;
        Number("minimum", rules.Minimum);
        Number("maximum", rules.Maximum);
        if (rules.ExclusiveMinimum)
            json["exclusiveMinimum"] = true;
        if (rules.ExclusiveMaximum)
            json["exclusiveMaximum"] = true;
        Number("multipleOf", rules.MultipleOf);
        Number("minLength", rules.MinLength);
        Number("maxLength", rules.MaxLength);
        Number("minItems", rules.MinItems);
        Number("maxItems", rules.MaxItems);
        if (rules.UniqueItems)
            json["uniqueItems"] = true;
        Number("minProperties", rules.MinProperties);
        Number("maxProperties", rules.MaxProperties);
        All("allOf", rules.AllOf);
        All("anyOf", rules.AnyOf);
        All("oneOf", rules.OneOf);
        if (rules.Not is not null)
            json["not"] = schema(rules.Not);
    }
}
