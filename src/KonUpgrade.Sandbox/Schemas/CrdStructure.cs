using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>The rules that make a CustomResourceDefinition's schema structural.</summary>
internal sealed class CrdStructure(List<FieldProblem> problems)
{
    private static readonly string[] Junctors = ["allOf", "anyOf", "oneOf"];
    private static readonly string[] JunctorPaths = [".allOf[", ".anyOf[", ".oneOf[", ".not"];
    private static readonly string[] NotSupported = ["$ref", "definitions", "dependencies", "patternProperties", "id", "additionalItems"];

    /// <summary>What may not stand where only values are spoken of.</summary>
    private static readonly string[] StructureOnly =
    [
        "type", "additionalProperties", "default", "title", "description", "nullable", "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-embedded-resource", "x-kubernetes-int-or-string", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type",
    ];

    public void Check(JsonObject json, string path, string type, bool intOrString, bool preserveHere, bool embedded)
    {
        void Forbid(string field, string words) => problems.Add(new FieldProblem($"{path}.{field}", FieldProblem.ForbiddenReason, $"Forbidden: {words}"));
        void Wrong(string field, string value, string words) => problems.Add(new FieldProblem($"{path}.{field}", FieldProblem.InvalidReason, $"Invalid value: {value}: {words}"));

        var below = path.EndsWith(".items", StringComparison.Ordinal) ? "array items" : "object fields";
        var nested = !path.EndsWith("openAPIV3Schema", StringComparison.Ordinal);
        if (type.Length == 0 && !intOrString && !preserveHere && nested && !NotSupported.Any(json.ContainsKey))
            problems.Add(new FieldProblem($"{path}.type", FieldProblem.RequiredReason, $"Required value: must not be empty for specified {below}"));
        if (type.Length > 0 && CrdSchema.TypeOf(type) == SchemaType.Any)
            problems.Add(new FieldProblem($"{path}.type", FieldProblem.NotSupportedReason, $"Unsupported value: \"{type}\": supported values: \"array\", \"boolean\", \"integer\", \"number\", \"object\", \"string\""));
        if (embedded && type is not "object" && type.Length > 0)
            Wrong("type", $"\"{type}\"", "must be object if x-kubernetes-embedded-resource is true");
        if (embedded && !preserveHere && json["properties"] is null)
            problems.Add(new FieldProblem($"{path}.properties", FieldProblem.RequiredReason, "Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"));
        if (type == "array" && json["items"] is not JsonObject)
        {
            if (json["items"] is JsonArray)
                Forbid("items", "items must be a schema object and not an array");
            else
                problems.Add(new FieldProblem($"{path}.items", FieldProblem.RequiredReason, "Required value: must be specified"));
        }
        if (json["properties"] is JsonObject { Count: > 0 } && json["additionalProperties"] is JsonObject)
            Forbid("additionalProperties", "additionalProperties and properties are mutual exclusive");
        if (json["x-kubernetes-preserve-unknown-fields"] is JsonValue keeps && keeps.GetValueKind() == System.Text.Json.JsonValueKind.False)
            Wrong("x-kubernetes-preserve-unknown-fields", "false", "must be true or undefined");
        if (Json.Text(json["x-kubernetes-map-type"]) is { } map && map is not ("atomic" or "granular"))
            problems.Add(new FieldProblem($"{path}.x-kubernetes-map-type", FieldProblem.NotSupportedReason, $"Unsupported value: \"{map}\": supported values: \"atomic\", \"granular\""));
        if (embedded || path.EndsWith("openAPIV3Schema", StringComparison.Ordinal))
            CheckMetadata(json, path);
        if (CrdSchema.Flag(json, "uniqueItems"))
            Forbid("uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        foreach (var word in NotSupported)
        {
            if (json.ContainsKey(word) && json[word] is not null)
                Forbid(word, word == "$ref" ? "$ref is not supported" : $"{word} is not supported");
        }
        CheckLists(json, path, type);
        foreach (var junctor in Junctors)
        {
            var index = 0;
            foreach (var part in (json[junctor] as JsonArray)?.OfType<JsonObject>() ?? [])
                CheckValidation(part, $"{path}.{junctor}[{index++}]", json, intOrString);
        }
        if (json["not"] is JsonObject not)
            CheckValidation(not, path + ".not", json, false);
    }

    private void CheckLists(JsonObject json, string path, string type)
    {
        if (Json.Text(json["x-kubernetes-list-type"]) is not { } list)
            return;
        if (list is not ("atomic" or "set" or "map"))
        {
            problems.Add(new FieldProblem($"{path}.x-kubernetes-list-type", FieldProblem.NotSupportedReason, $"Unsupported value: \"{list}\": supported values: \"atomic\", \"map\", \"set\""));
            return;
        }
        if (type != "array")
            problems.Add(new FieldProblem($"{path}.type", FieldProblem.InvalidReason, $"Invalid value: \"{type}\": must be array if x-kubernetes-list-type is specified"));
        if (list != "map")
            return;
        if (json["x-kubernetes-list-map-keys"] is not JsonArray { Count: > 0 } keys)
        {
            problems.Add(new FieldProblem($"{path}.x-kubernetes-list-map-keys", FieldProblem.RequiredReason, "Required value: must not be empty if x-kubernetes-list-type is map"));
            return;
        }
        var names = keys.Select(Json.Text).OfType<string>().ToList();
        foreach (var key in names)
        {
            var field = json["items"]?["properties"]?[key];
            if (field is null)
            {
                var written = string.Join(", ", names.Select(n => $"\"{n}\""));
                problems.Add(new FieldProblem($"{path}.x-kubernetes-list-map-keys", FieldProblem.InvalidReason, $"Invalid value: []string{{{written}}}: entries must all be names of item properties"));
            }
            else if (field["default"] is null && !Json.Contains(json["items"]?["required"] as JsonArray ?? [], JsonValue.Create(key)))
            {
                problems.Add(new FieldProblem($"{path}.items.properties[{key}].default", FieldProblem.RequiredReason,
                    "Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"));
            }
        }
    }

    // metadata is the server's own; a schema may only ask something of an object's name.
    private void CheckMetadata(JsonObject json, string path)
    {
        if (json["properties"]?["metadata"]?["properties"] is JsonObject fields && fields.Any(f => f.Key is not ("name" or "generateName")))
        {
            problems.Add(new FieldProblem($"{path}.properties[metadata]", FieldProblem.ForbiddenReason,
                "Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified"));
        }
    }

    // Inside allOf, anyOf, oneOf and not only values are spoken of; the structure stands outside, and completely.
    private void CheckValidation(JsonObject json, string path, JsonObject structure, bool intOrString)
    {
        foreach (var word in StructureOnly)
        {
            if (!json.ContainsKey(word) || (intOrString && word == "type"))
                continue;
            if (json[word] is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.False)
                continue;
            problems.Add(new FieldProblem($"{path}.{word}", FieldProblem.ForbiddenReason, $"Forbidden: must be {(word.StartsWith("x-", StringComparison.Ordinal) || word == "nullable" ? "false" : word is "additionalProperties" or "default" ? "undefined" : "empty")} to be structural"));
        }
        if (json["properties"] is JsonObject fields)
        {
            foreach (var (name, field) in fields)
            {
                var outside = structure["properties"]?[name] as JsonObject ?? structure["additionalProperties"] as JsonObject;
                if (outside is null)
                    problems.Add(new FieldProblem($"{FromRoot(path)}.properties[{name}]", FieldProblem.RequiredReason, $"Required value: because it is defined in {path}.properties[{name}]"));
                else if (field is JsonObject inner)
                    CheckValidation(inner, $"{path}.properties[{name}]", outside, CrdSchema.Flag(outside, "x-kubernetes-int-or-string"));
            }
        }
        if (json["items"] is JsonObject items && structure["items"] is JsonObject outer)
            CheckValidation(items, path + ".items", outer, false);
        foreach (var junctor in Junctors)
        {
            var index = 0;
            foreach (var part in (json[junctor] as JsonArray)?.OfType<JsonObject>() ?? [])
                CheckValidation(part, $"{path}.{junctor}[{index++}]", structure, intOrString);
        }
        if (json["not"] is JsonObject not)
            CheckValidation(not, path + ".not", structure, false);
    }

    private static string FromRoot(string path)
    {
        var cut = JunctorPaths.Select(j => path.IndexOf(j, StringComparison.Ordinal)).Where(i => i >= 0).DefaultIfEmpty(path.Length).Min();
        return path[..cut];
    }
}
