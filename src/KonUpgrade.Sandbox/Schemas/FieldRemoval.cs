using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>What is left of an object when fields are taken out of it.</summary>
internal static class FieldRemoval
{
    /// <summary>Takes the members of <paramref name="fields"/> out of the object, which is changed.</summary>
    public static void Remove(JsonObject obj, SchemaNode schema, FieldSet fields)
    {
        List<string>? gone = null;
        List<string>? emptied = null;
        foreach (var (name, value) in obj)
        {
            var element = PathElement.Field(name);
            if (fields.Has(element))
            {
                (gone ??= []).Add(name);
                continue;
            }
            if (fields.Below(element) is { IsEmpty: false } below && !RemoveBelow(value, FieldWalk.Child(schema, name) ?? SchemaNode.Anything, below))
                (emptied ??= []).Add(name);
        }
        foreach (var name in gone ?? [])
            obj.Remove(name);
        // A map or list of which nothing is left becomes null, as it does on the real server before it is decoded.
        foreach (var name in emptied ?? [])
            obj[name] = null;
    }

    /// <summary>False when nothing is left of the value.</summary>
    private static bool RemoveBelow(JsonNode? value, SchemaNode node, FieldSet fields)
    {
        switch (value)
        {
            case JsonObject map:
                if (map.Count == 0 || FieldWalk.ShapeOf(node, map) != FieldShape.Map)
                    return false;
                Remove(map, node, fields);
                return map.Count > 0;
            case JsonArray list:
                if (list.Count == 0 || FieldWalk.ShapeOf(node, list) != FieldShape.List)
                    return false;
                for (var i = list.Count - 1; i >= 0; i--)
                {
                    var element = FieldWalk.ElementOf(list[i], node, out _);
                    if (element is null)
                        continue;
                    if (fields.Has(element))
                        list.RemoveAt(i);
                    else if (fields.Below(element) is { IsEmpty: false } below && !RemoveBelow(list[i], node.Items ?? SchemaNode.Anything, below))
                        list[i] = null;
                }
                return list.Count > 0;
            default:
                return value is not null;
        }
    }
}
