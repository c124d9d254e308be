using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// Reads the openAPIV3Schema of a CustomResourceDefinition. Structural rules are checked as the server checks them
/// (a v1 definition is refused, a v1beta1 one is served with the condition NonStructuralSchema). CEL rules
/// (x-kubernetes-validations) are not evaluated.
/// </summary>
internal static class CrdSchema
{
    /// <summary>The schema of the custom resource, with apiVersion, kind and metadata, and what is wrong with it.</summary>
    /// <param name="openApiV3Schema">spec.versions[].schema.openAPIV3Schema; null when there is none (v1beta1), and then everything is kept.</param>
    /// <param name="preserveUnknownFields">spec.preserveUnknownFields (v1beta1): nothing is pruned.</param>
    /// <param name="path">Where the schema stands, for the problems: spec.versions[0].schema.openAPIV3Schema</param>
    /// <param name="minor">Whose ObjectMeta is meant.</param>
    /// <returns>A null schema when there are problems that keep it from being read at all.</returns>
    public static (SchemaNode? Schema, IReadOnlyList<FieldProblem> Problems) FromOpenApi(
        JsonObject? openApiV3Schema, bool preserveUnknownFields = false, string path = "spec.validation.openAPIV3Schema", int minor = BuiltInKinds.NewestMinor)
    {
        var problems = new List<FieldProblem>();
        var reader = new Reader(BuiltInKinds.ObjectMeta(minor), preserveUnknownFields, problems);
        var root = openApiV3Schema is null
            ? new SchemaNode { Type = SchemaType.Object, PreserveUnknownFields = true }
            : reader.Read(openApiV3Schema, path);
        if (openApiV3Schema is not null && Json.Text(openApiV3Schema["type"]) is var type && type != "object")
        {
            problems.Add(type is null or ""
                ? new FieldProblem(path + ".type", FieldProblem.RequiredReason, "Required value: must not be empty at the root")
                : new FieldProblem(path + ".type", FieldProblem.InvalidReason, $"Invalid value: \"{type}\": must be object at the root"));
        }
        return (reader.AsResource(root) with { Type = SchemaType.Object }, problems);
    }

    private sealed class Reader(SchemaNode objectMeta, bool preserve, List<FieldProblem> problems)
    {
        private readonly CrdStructure structure = new(problems);

        private static readonly SchemaNode Text = new() { Type = SchemaType.String };

        /// <summary>The same with what every object has: apiVersion, kind and metadata as the server itself reads them.</summary>
        public SchemaNode AsResource(SchemaNode node)
        {
            var properties = new Dictionary<string, SchemaNode>(node.Properties, StringComparer.Ordinal)
            {
                ["apiVersion"] = Text,
                ["kind"] = Text,
                ["metadata"] = objectMeta,
            };
            return node with { Properties = properties };
        }

        public SchemaNode Read(JsonObject json, string path)
        {
            var intOrString = Flag(json, "x-kubernetes-int-or-string");
            var preserveHere = Flag(json, "x-kubernetes-preserve-unknown-fields");
            var embedded = Flag(json, "x-kubernetes-embedded-resource");
            var text = Json.Text(json["type"]) ?? "";
            structure.Check(json, path, text, intOrString, preserveHere, embedded);

            var properties = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
            if (json["properties"] is JsonObject fields)
            {
                foreach (var (name, field) in fields)
                {
                    if (field is JsonObject schema)
                        properties[name] = Read(schema, $"{path}.properties[{name}]");
                }
            }
            SchemaNode? additional = null;
            var open = preserve;
            switch (json["additionalProperties"])
            {
                case JsonObject schema:
                    additional = Read(schema, path + ".additionalProperties");
                    break;
                case JsonValue value when value.GetValueKind() == System.Text.Json.JsonValueKind.True:
                    additional = SchemaNode.Anything;
                    break;
            }
            var node = new SchemaNode
            {
                Type = intOrString ? SchemaType.Any : TypeOf(text),
                Format = Json.Text(json["format"]),
                Properties = properties,
                Required = (json["required"] as JsonArray)?.Select(Json.Text).OfType<string>().ToHashSet(StringComparer.Ordinal) ?? [],
                Items = json["items"] is JsonObject item ? Read(item, path + ".items") : null,
                AdditionalProperties = additional,
                Default = json["default"]?.DeepClone(),
                Nullable = Flag(json, "nullable"),
                PreserveUnknownFields = preserveHere || open,
                EmbeddedResource = embedded,
                IntOrString = intOrString,
                ListType = Json.Text(json["x-kubernetes-list-type"]) switch
                {
                    "set" => ListType.Set,
                    "map" => ListType.Map,
                    _ => ListType.Atomic,
                },
                ListMapKeys = (json["x-kubernetes-list-map-keys"] as JsonArray)?.Select(Json.Text).OfType<string>().ToArray() ?? [],
                AtomicMap = Json.Text(json["x-kubernetes-map-type"]) == "atomic",
                Rules = ReadRules(json),
            };
            if (node.Default is not null)
                CheckDefault(node, path);
            return embedded ? AsResource(node) : node;
        }

        // A default must itself be what the schema asks for, its own defaults filled in.
        private void CheckDefault(SchemaNode node, string path)
        {
            var holder = new JsonObject { ["default"] = node.Default!.DeepClone() };
            var schema = new SchemaNode { Type = SchemaType.Object, Properties = new Dictionary<string, SchemaNode> { ["default"] = node with { Default = null } } };
            SchemaDefaults.Apply(holder, schema);
            foreach (var problem in SchemaValidation.Validate(holder, schema))
            {
                // The server leaves the path out where it names the value itself.
                problems.Add(problem with { Path = $"{path}.{problem.Path}", Message = problem.Message.Replace(": default in body", ":  in body", StringComparison.Ordinal) });
            }
        }

        // What only validates stands beside the structure and has no structure of its own.
        private static SchemaNode ReadValidation(JsonObject json) => new()
        {
            Type = Flag(json, "x-kubernetes-int-or-string") ? SchemaType.Any : TypeOf(Json.Text(json["type"]) ?? ""),
            IntOrString = Flag(json, "x-kubernetes-int-or-string"),
            Nullable = true,
            PreserveUnknownFields = true,
            Properties = (json["properties"] as JsonObject)?.Where(p => p.Value is JsonObject)
                .ToDictionary(p => p.Key, p => ReadValidation((JsonObject)p.Value!), StringComparer.Ordinal) ?? [],
            Required = (json["required"] as JsonArray)?.Select(Json.Text).OfType<string>().ToHashSet(StringComparer.Ordinal) ?? [],
            Items = json["items"] is JsonObject items ? ReadValidation(items) : null,
            AdditionalProperties = json["additionalProperties"] is JsonObject more ? ReadValidation(more) : null,
            Rules = ReadRules(json),
        };

        private static ValueRules? ReadRules(JsonObject json)
        {
            IReadOnlyList<SchemaNode>? Many(string name) => (json[name] as JsonArray)?.OfType<JsonObject>().Select(ReadValidation).ToArray();
            double? Real(string name) => Json.TryNumber(json[name], out var number) ? number : null;
            int? Whole(string name) => Json.TryInteger(json[name], out var number) ? (int)Math.Min(number, int.MaxValue) : null;

            var pattern = Json.Text(json["pattern"]);
            var rules = new ValueRules
            {
                Enum = (json["enum"] as JsonArray)?.Select(e => e?.DeepClone()).ToArray(),
                PatternText = pattern,
                Pattern = pattern is null ? null : GoPattern(pattern),
                Format = Json.Text(json["format"]),
                Minimum = Real("minimum"),
                Maximum = Real("maximum"),
                ExclusiveMinimum = Flag(json, "exclusiveMinimum"),
                ExclusiveMaximum = Flag(json, "exclusiveMaximum"),
                MultipleOf = Real("multipleOf"),
                MinLength = Whole("minLength"),
                MaxLength = Whole("maxLength"),
                MinItems = Whole("minItems"),
                MaxItems = Whole("maxItems"),
                UniqueItems = Flag(json, "uniqueItems"),
                MinProperties = Whole("minProperties"),
                MaxProperties = Whole("maxProperties"),
                AllOf = Many("allOf"),
                AnyOf = Many("anyOf"),
                OneOf = Many("oneOf"),
                Not = json["not"] is JsonObject not ? ReadValidation(not) : null,
            };
            return rules.IsEmpty ? null : rules;
        }

        // Go's expressions are close to .NET's; one that .NET cannot read is left unchecked rather than refused.
        private static Regex? GoPattern(string pattern)
        {
            try
            {
                // There a dollar sign is the very end, and here also what is before a last line feed.
                string whole = pattern.EndsWith('$') && !pattern.EndsWith("\\$", StringComparison.Ordinal) ? pattern[..^1] + "\\z" : pattern;
                return new Regex(whole.Replace("(?P<", "(?<", StringComparison.Ordinal), RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(200));
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
    }

    internal static bool Flag(JsonObject json, string name) => json[name] is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.True;

    internal static SchemaType TypeOf(string type) => type switch
    {
        "object" => SchemaType.Object,
        "array" => SchemaType.Array,
        "string" => SchemaType.String,
        "integer" => SchemaType.Integer,
        "number" => SchemaType.Number,
        "boolean" => SchemaType.Boolean,
        _ => SchemaType.Any,
    };
}
