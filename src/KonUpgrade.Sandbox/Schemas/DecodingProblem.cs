using System.Text.Json;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// A built-in kind is decoded into Go types: a value of another type is no invalid field (422) but a body that cannot be
/// read (400), and the message speaks of Go.
/// </summary>
internal static class DecodingProblem
{
    /// <summary>What a decoder would say of the first value that does not fit, or null when all do.</summary>
    public static string? Find(JsonObject obj, SchemaNode schema) => schema.BuiltIn ? InMap(obj, schema, "", TypeName(schema)) : null;

    private static string? InMap(JsonObject map, SchemaNode node, string path, string owner)
    {
        foreach (var (name, value) in map)
        {
            var named = node.Properties.TryGetValue(name, out var child);
            child ??= node.AdditionalProperties;
            if (child is null || value is null)
                continue;
            // Keys of maps and places in lists are not part of the decoder's path.
            var at = !named ? path : path.Length == 0 ? name : $"{path}.{name}";
            if (Check(value, child, at, owner) is { } problem)
                return problem;
        }
        return null;
    }

    private static string? Check(JsonNode value, SchemaNode node, string path, string owner)
    {
        if (node.IntOrString || node.Definition is WellKnown.Quantity or WellKnown.Time or WellKnown.MicroTime || node.Type == SchemaType.Any || node.PreserveUnknownFields)
            return null;
        var kind = value.GetValueKind();
        var fits = node.Type switch
        {
            SchemaType.Object => kind == JsonValueKind.Object,
            SchemaType.Array => kind == JsonValueKind.Array,
            SchemaType.String => kind == JsonValueKind.String,
            SchemaType.Boolean => kind is JsonValueKind.True or JsonValueKind.False,
            SchemaType.Integer => Json.TryInteger(value, out _),
            _ => kind == JsonValueKind.Number,
        };
        if (!fits)
            return $"json: cannot unmarshal {Word(value)} into Go struct field {owner}.{path} of type {GoType(node)}";
        return value switch
        {
            JsonObject map => InMap(map, node, path, node.Definition is null ? owner : TypeName(node)),
            JsonArray list when node.Items is { } items => list.Select(i => i is null ? null : Check(i, items, path, owner)).FirstOrDefault(p => p is not null),
            _ => null,
        };
    }

    private static string Word(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => Json.TryInteger(value, out _) ? "number" : $"number {Json.Compact(value)}",
        _ => "bool",
    };

    private static string GoType(SchemaNode node)
    {
        if (node.Definition is { } definition)
        {
            var parts = definition.Split('.');
            return $"{parts[^2]}.{parts[^1]}";
        }
        return node.Type switch
        {
            SchemaType.Object => $"map[string]{(node.AdditionalProperties is null ? "interface {}" : GoType(node.AdditionalProperties))}",
            SchemaType.Array => $"[]{(node.Items is null ? "interface {}" : GoType(node.Items))}",
            SchemaType.Integer => node.Format ?? "int64",
            SchemaType.Number => "float64",
            SchemaType.Boolean => "bool",
            SchemaType.String when node.Format == "byte" => "[]uint8",
            _ => "string",
        };
    }

    private static string TypeName(SchemaNode node) => node.Definition is { } name ? name[(name.LastIndexOf('.') + 1)..] : "";
}
