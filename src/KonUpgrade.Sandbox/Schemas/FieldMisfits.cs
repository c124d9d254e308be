using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>What of an object cannot be walked, since it does not fit its schema.</summary>
internal static class FieldMisfits
{
    /// <summary>What of an applied object does not fit its schema, in the server's words (".spec.foo: field not declared in schema").</summary>
    public static IReadOnlyList<string> Of(JsonObject obj, SchemaNode schema)
    {
        var problems = new List<string>();
        CheckMap(obj, schema, "", problems);
        return problems;
    }

    private static void CheckMap(JsonObject obj, SchemaNode schema, string path, List<string> problems)
    {
        foreach (var (name, _) in obj)
        {
            // The real walk ends here for this map.
            if (FieldWalk.Child(schema, name) is null)
            {
                problems.Add($"{path}.{name}: field not declared in schema");
                return;
            }
        }
        foreach (var (name, value) in obj)
            Check(value, FieldWalk.Child(schema, name)!, $"{path}.{name}", problems);
    }

    private static void Check(JsonNode? value, SchemaNode node, string path, List<string> problems)
    {
        switch (value)
        {
            case null:
                return;
            case JsonObject map:
                if (node.Type is not (SchemaType.Object or SchemaType.Any) || node.IntOrString)
                    problems.Add(Expected(path, node, map));
                else
                    CheckMap(map, node, path, problems);
                return;
            case JsonArray list:
                if (node.Type is not (SchemaType.Array or SchemaType.Any) || node.IntOrString)
                    problems.Add(Expected(path, node, list));
                else
                    CheckList(list, node, path, problems);
                return;
        }
        var kind = value.GetValueKind();
        var fits = node.Type switch
        {
            SchemaType.Object or SchemaType.Array => false,
            SchemaType.Any => true,
            SchemaType.String => kind == System.Text.Json.JsonValueKind.String || node.Definition == WellKnown.Quantity,
            SchemaType.Boolean => kind is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
            _ => kind == System.Text.Json.JsonValueKind.Number,
        };
        if (!fits)
            problems.Add(Expected(path, node, value));
    }

    private static void CheckList(JsonArray list, SchemaNode node, string path, List<string> problems)
    {
        var items = node.Items ?? SchemaNode.Anything;
        HashSet<string>? seen = null;
        for (var i = 0; i < list.Count; i++)
        {
            var printed = $"[{i}]";
            if (node.ListType != ListType.Atomic && node.Type == SchemaType.Array)
            {
                var element = FieldWalk.ElementOf(list[i], node, out var problem);
                if (element is null)
                {
                    problems.Add($"{path}: element {i}: {problem}");
                    return;
                }
                printed = PathElement.Print(element);
                if (!(seen ??= new HashSet<string>(StringComparer.Ordinal)).Add(element))
                    problems.Add($"{path}: duplicate entries for key {printed}");
            }
            Check(list[i], items, path + printed, problems);
        }
    }

    private static string Expected(string path, SchemaNode node, JsonNode value)
    {
        var seen = GoText.Of(value);
        var words = node.Type switch
        {
            SchemaType.Object => $"expected map, got &{{{seen}}}",
            SchemaType.Array => $"expected list, got &{{{seen}}}",
            SchemaType.String => $"expected string, got &value.valueUnstructured{{Value:{GoText.Syntax(value)}}}",
            SchemaType.Boolean => $"expected boolean, got &{{{seen}}}",
            SchemaType.Integer or SchemaType.Number => $"expected numeric (int or float), got {GoText.TypeOf(value)}",
            _ => $"expected any scalar, got &{{{seen}}}",
        };
        return $"{path}: {words}";
    }
}
