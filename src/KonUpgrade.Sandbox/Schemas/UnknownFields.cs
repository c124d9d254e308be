using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>Fields a schema does not know: dropped from built-in kinds when they are decoded, pruned from custom resources.</summary>
internal static class UnknownFields
{
    /// <summary>
    /// Drops them, and gives their paths (spec.template.spec.containers[0].foo) in the order in which they stand. The
    /// server puts each into <c>unknown field "..."</c>: an error when fieldValidation is Strict, a warning when it is Warn.
    /// </summary>
    public static IReadOnlyList<string> Prune(JsonObject obj, SchemaNode schema)
    {
        List<string>? dropped = null;
        Walk(obj, schema, null, ref dropped);
        return dropped ?? (IReadOnlyList<string>)[];
    }

    /// <summary>What a strict decoder says of fields given twice and fields unknown.</summary>
    public static string StrictMessage(IEnumerable<string> duplicates, IEnumerable<string> unknown) =>
        "strict decoding error: " + string.Join(", ", duplicates.Select(DuplicateText).Concat(unknown.Select(UnknownText)));

    public static string UnknownText(string path) => $"unknown field \"{path}\"";

    public static string DuplicateText(string path) => $"duplicate field \"{path}\"";

    private static void Walk(JsonObject obj, SchemaNode schema, Place? at, ref List<string>? dropped)
    {
        List<string>? gone = null;
        foreach (var (name, value) in obj)
        {
            if (!schema.Properties.TryGetValue(name, out var node))
                node = schema.AdditionalProperties;
            if (node is null)
            {
                if (schema.PreserveUnknownFields)
                    continue;
                (gone ??= []).Add(name);
                (dropped ??= []).Add(new Place(at, name, -1).ToString());
            }
            else
            {
                Value(value, node, at, name, -1, ref dropped);
            }
        }
        foreach (var name in gone ?? [])
            obj.Remove(name);
    }

    private static void Value(JsonNode? value, SchemaNode node, Place? parent, string? name, int index, ref List<string>? dropped)
    {
        switch (value)
        {
            case JsonObject map when node.Type == SchemaType.Object || node.Properties.Count > 0:
                Walk(map, node, new Place(parent, name, index), ref dropped);
                break;
            case JsonArray list when node.Items is { } items:
                var place = new Place(parent, name, index);
                for (var i = 0; i < list.Count; i++)
                    Value(list[i], items, place, null, i, ref dropped);
                break;
        }
    }

    // Written out only for what is dropped.
    private sealed record Place(Place? Parent, string? Name, int Index)
    {
        public override string ToString() => Name is null ? $"{Parent}[{Index}]" : Parent is null ? Name : $"{Parent}.{Name}";
    }
}
