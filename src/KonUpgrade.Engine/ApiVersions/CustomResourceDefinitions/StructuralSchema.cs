using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.CustomResourceDefinitions;

/// <summary>
/// Makes a schema structural, as v1 demands it: every value has a type outside of what is only combined (allOf, anyOf,
/// oneOf, not), and nothing stands in it that a structural schema may not hold. What it allowed it goes on allowing.
/// </summary>
/// <param name="keeps">Whether unknown fields are kept at every level.</param>
/// <param name="where">What the notes begin with.</param>
/// <param name="notes">Where it is said what was changed.</param>
internal sealed class StructuralSchema(bool keeps, string where, List<string> notes)
{
    private const string Keeps = "x-kubernetes-preserve-unknown-fields";
    private const string IntOrString = "x-kubernetes-int-or-string";

    private static readonly string[] s_intOrString = ["integer", "string"];

    private static readonly string[] s_combined = ["allOf", "anyOf", "oneOf"];

    // What the validation of v1 forbids outright.
    private static readonly string[] s_forbidden =
        ["$ref", "definitions", "dependencies", "deprecated", "discriminator", "id", "patternProperties", "readOnly", "writeOnly", "xml", "additionalItems", "$schema"];

    // What may not be said again within what is only combined.
    private static readonly string[] s_onlyOutside =
        ["type", "description", "default", "nullable", "additionalProperties", Keeps, "x-kubernetes-embedded-resource", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "title", "example"];

    /// <summary>Mends the schema of an object.</summary>
    public void Mend(JsonObject root)
    {
        root["type"] = "object";
        Value(root, "");
        if (keeps)
            root[Keeps] = true;
        if ((root["properties"] as JsonObject)?["metadata"] is not JsonObject metadata)
            return;

        // Of metadata only the names may be restricted; the server knows the rest.
        metadata["type"] = "object";
        metadata.Remove(Keeps);
        foreach (var name in metadata.Select(member => member.Key).Where(name => name is not ("type" or "properties" or "description")).ToList())
            metadata.Remove(name);
        if (metadata["properties"] is JsonObject own)
        {
            foreach (var name in own.Select(member => member.Key).Where(name => name is not ("name" or "generateName")).ToList())
                own.Remove(name);
        }
    }

    private void Value(JsonObject schema, string path)
    {
        foreach (var name in s_forbidden)
        {
            if (schema.Remove(name))
                notes.Add($"{where}{Place(path)}: '{name}' is gone, which v1 does not allow.");
        }

        if (schema["uniqueItems"] is JsonValue unique && unique.TryGetValue<bool>(out var isUnique) && isUnique)
        {
            schema.Remove("uniqueItems");
            notes.Add($"{where}{Place(path)}: that elements are unique is no longer checked, which v1 does not allow.");
        }

        MendIntOrString(schema);
        MendMap(schema, path);
        MendType(schema, path);
        MendItems(schema);
        MendListKeys(schema, path);
        var pair = IsIntOrString(schema) ? schema["anyOf"] as JsonArray : null;
        foreach (var part in Parts(schema).ToList())
            Combined(part, schema, mayHaveType: pair?.Contains(part) == true);
        Inside(schema, path);
    }

    private void Inside(JsonObject schema, string path)
    {
        if (schema["properties"] is JsonObject properties)
        {
            foreach (var (name, property) in properties.ToList())
            {
                if (property is JsonObject inner)
                    Value(inner, path.Length == 0 ? name : $"{path}.{name}");
            }
        }

        if (schema["items"] is JsonObject items)
            Value(items, path + "[]");
        if (schema["additionalProperties"] is JsonObject more)
            Value(more, path + "{}");

        // A level that says what it holds prunes the rest again, unless it is told not to.
        if (keeps && Text(schema, "type") == "object" && schema["additionalProperties"] is null)
            schema[Keeps] = true;
    }

    // Both forms stand in old definitions: the mark with or without its pair of types, and the pair alone.
    private static void MendIntOrString(JsonObject schema)
    {
        var pair = (schema["anyOf"] ?? schema["oneOf"]) as JsonArray;
        var isPair = pair is { Count: 2 } && pair.OfType<JsonObject>().All(part => part.Count == 1)
            && pair.OfType<JsonObject>().Select(part => Text(part, "type")).Order(StringComparer.Ordinal).SequenceEqual(s_intOrString);
        if (isPair && schema["type"] is null)
            schema[IntOrString] = true;
        if (!IsIntOrString(schema))
            return;
        schema.Remove("type");
        if (!isPair)
            return;
        schema.Remove("oneOf");
        schema["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string" });
    }

    // A map and named members exclude each other; a map of nothing is no map.
    private void MendMap(JsonObject schema, string path)
    {
        if (schema["additionalProperties"] is JsonValue flag && flag.TryGetValue<bool>(out var allowed))
        {
            schema.Remove("additionalProperties");
            if (allowed)
                schema[Keeps] = true;
            else if (!keeps)
                notes.Add($"{where}{Place(path)}: unknown fields are pruned now, where they were refused.");
        }

        if (schema["additionalProperties"] is not JsonObject || schema["properties"] is not JsonObject { Count: > 0 })
            return;
        schema.Remove("additionalProperties");
        schema[Keeps] = true;
        notes.Add($"{where}{Place(path)}: fields that are not named are kept unchecked, since v1 does not allow to name some and to describe the others.");
    }

    private void MendType(JsonObject schema, string path)
    {
        if (Text(schema, "type") is { Length: > 0 } || IsIntOrString(schema) || IsKept(schema))
            return;
        if (schema["properties"] is JsonObject || schema["additionalProperties"] is JsonObject)
        {
            schema["type"] = "object";
        }
        else if (schema["items"] is not null)
        {
            schema["type"] = "array";
        }
        else if (TypeOfParts(schema) is { } type)
        {
            schema["type"] = type;
        }
        else
        {
            schema.Remove("type");
            schema[Keeps] = true;
            notes.Add($"{where}{Place(path)}: has no type; it takes every value.");
        }
    }

    // A list says what its elements are.
    private static void MendItems(JsonObject schema)
    {
        if (Text(schema, "type") == "array" && schema["items"] is not JsonObject)
            schema["items"] = new JsonObject { [Keeps] = true };
    }

    // Elements of a list are told apart by fields that every element has.
    private void MendListKeys(JsonObject schema, string path)
    {
        if (schema["x-kubernetes-list-map-keys"] is not JsonArray keys || schema["items"] is not JsonObject items)
            return;
        var required = (items["required"] as JsonArray ?? []).Select(name => name?.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        foreach (var key in keys.OfType<JsonValue>().Select(key => key.GetValue<string>()))
        {
            var property = (items["properties"] as JsonObject)?[key] as JsonObject;
            if (required.Contains(key) || property?["default"] is not null)
                continue;
            if (key == "protocol" && property is not null)
            {
                // The one that Kubernetes' own lists of ports have, and the value that they take without it.
                property["default"] = "TCP";
                continue;
            }

            schema.Remove("x-kubernetes-list-map-keys");
            schema.Remove("x-kubernetes-list-type");
            notes.Add($"{where}{Place(path)}: is a plain list now, since its key '{key}' may be missing from an element.");
            return;
        }
    }

    // What is only combined describes no value of its own: types go, and what it names must be named outside as well.
    private static void Combined(JsonObject schema, JsonObject outside, bool mayHaveType)
    {
        foreach (var name in s_onlyOutside)
        {
            if (name != "type" || !mayHaveType)
                schema.Remove(name);
        }

        foreach (var name in s_forbidden)
            schema.Remove(name);
        foreach (var part in Parts(schema))
            Combined(part, outside, mayHaveType: false);
        if (schema["items"] is JsonObject items)
            Combined(items, Named(outside, "items"), mayHaveType: false);
        if (schema["properties"] is not JsonObject properties)
            return;
        if (outside["additionalProperties"] is JsonObject)
        {
            // A map can't name members as well.
            schema.Remove("properties");
            return;
        }

        var named = outside["properties"] as JsonObject;
        if (named is null)
            outside["properties"] = named = [];
        foreach (var (name, property) in properties)
        {
            if (property is JsonObject inner)
                Combined(inner, Named(named, name), mayHaveType: false);
        }
    }

    // A schema that is named already, or one that takes every value.
    private static JsonObject Named(JsonObject holder, string name)
    {
        if (holder[name] is not JsonObject schema)
            holder[name] = schema = new JsonObject { [Keeps] = true };
        return schema;
    }

    private static IEnumerable<JsonObject> Parts(JsonObject schema)
    {
        var parts = s_combined.SelectMany(name => (schema[name] as JsonArray ?? []).OfType<JsonObject>());
        return schema["not"] is JsonObject not ? parts.Append(not) : parts;
    }

    private static string? TypeOfParts(JsonObject schema)
    {
        var types = s_combined
            .SelectMany(name => (schema[name] as JsonArray ?? []).OfType<JsonObject>())
            .Select(part => Text(part, "type")).Distinct(StringComparer.Ordinal).ToList();
        return types is [{ Length: > 0 } only] ? only : null;
    }

    private static bool IsIntOrString(JsonObject schema) => IsSet(schema, IntOrString);

    private static bool IsKept(JsonObject schema) => IsSet(schema, Keeps);

    private static bool IsSet(JsonObject schema, string name) => schema[name] is JsonValue value && value.TryGetValue<bool>(out var set) && set;

    private static string Place(string path) => path.Length == 0 ? "schema" : path;

    private static string? Text(JsonObject node, string name) => node[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
