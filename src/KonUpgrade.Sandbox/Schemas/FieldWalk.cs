using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>How a value at a node is walked.</summary>
internal enum FieldShape
{
    Leaf,
    Map,
    List,
}

/// <summary>
/// The steps that all walks of structured-merge-diff over an object and its schema share, and the plainest of them: which
/// fields an object names. Atomic lists and maps are leaves.
/// </summary>
internal static class FieldWalk
{
    /// <summary>The node below one element of a path.</summary>
    public static SchemaNode Below(SchemaNode node, string element) =>
        element[0] == 'f' ? Child(node, element[2..]) ?? SchemaNode.Anything : node.Items ?? SchemaNode.Anything;

    /// <summary>Every leaf and list item an applied object names.</summary>
    public static FieldSet FieldsOf(JsonObject obj, SchemaNode schema)
    {
        var set = new FieldSet();
        Collect(obj, schema, set);
        return set;
    }

    /// <summary>The node of a field, or null when the schema knows no such field.</summary>
    public static SchemaNode? Child(SchemaNode node, string name) =>
        node.Properties.TryGetValue(name, out var child) ? child : node.AdditionalProperties ?? (node.PreserveUnknownFields ? SchemaNode.Anything : null);

    /// <summary>How a value is walked at its node.</summary>
    public static FieldShape ShapeOf(SchemaNode node, JsonNode? value) => value switch
    {
        JsonObject when node is { AtomicMap: false, IntOrString: false, Type: SchemaType.Object or SchemaType.Any } => FieldShape.Map,
        JsonArray when node is { Type: SchemaType.Array, ListType: not ListType.Atomic } => FieldShape.List,
        _ => FieldShape.Leaf,
    };

    /// <summary>The path element of a list's item, or null and why it has none.</summary>
    public static string? ElementOf(JsonNode? item, SchemaNode list, out string? problem)
    {
        if (list.ListMapKeys.Count > 0)
            return PathElement.Key(item, list, out problem);
        problem = item switch
        {
            null => "associative list without keys has an element that's an explicit null",
            JsonObject => "associative list without keys has an element that's a map type",
            JsonArray => "not supported: associative list with lists as elements",
            _ => null,
        };
        return problem is null ? PathElement.Value(item!) : null;
    }

    private static void Collect(JsonObject obj, SchemaNode schema, FieldSet into)
    {
        foreach (var (name, value) in obj)
        {
            var element = PathElement.Field(name);
            var node = Child(schema, name) ?? SchemaNode.Anything;
            CollectValue(value, node, into, element);
            if (value is null or JsonObject { Count: 0 } || !schema.Properties.ContainsKey(name))
                into.Add(element);
        }
    }

    private static void CollectValue(JsonNode? value, SchemaNode node, FieldSet into, string element)
    {
        switch (ShapeOf(node, value))
        {
            case FieldShape.Map:
                if (value is JsonObject { Count: > 0 } map)
                    Collect(map, node, into.EnterOf(element));
                break;
            case FieldShape.List:
                if (value is not JsonArray { Count: > 0 } list)
                    break;
                var below = into.EnterOf(element);
                foreach (var item in list)
                {
                    var inner = ElementOf(item, node, out _);
                    if (inner is null)
                        continue;
                    // An item that was there before is a duplicate; it is owned as a whole.
                    if (!below.Has(inner))
                        CollectValue(item, node.Items ?? SchemaNode.Anything, below, inner);
                    below.Add(inner);
                }
                break;
            default:
                into.Add(element);
                break;
        }
    }
}
