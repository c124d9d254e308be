using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>Makes the schema nodes of one minor from the facts. Structures are shared and may refer to themselves.</summary>
internal sealed class SchemaBuilder(FactFiles facts, int minor)
{
    private readonly Dictionary<string, Shape> shapes = new(StringComparer.Ordinal);

    /// <summary>The schema of a kind: its structure with apiVersion, kind and metadata.</summary>
    public SchemaNode Kind(string structName)
    {
        var shape = ShapeOf(structName);
        return new SchemaNode
        {
            Type = SchemaType.Object,
            Definition = shape.Fact.Definition,
            Properties = shape.Properties,
            Required = shape.Required,
            BuiltIn = true,
            Minor = minor,
            AlwaysWritten = true,
        };
    }

    private Shape ShapeOf(string name)
    {
        if (shapes.TryGetValue(name, out var shape))
            return shape;
        var fact = facts.Structs[name];
        // Registered before it is filled: structures refer to themselves.
        shapes[name] = shape = new Shape(fact);
        var defaults = facts.Defaults.GetValueOrDefault(name);
        var isKind = fact.Fields.Any(f => f.Name == "metadata" && f.Type == "meta.ObjectMeta") && !IsTemplate(fact.Name);
        if (isKind)
        {
            shape.Properties["apiVersion"] = new SchemaNode { Type = SchemaType.String, BuiltIn = true };
            shape.Properties["kind"] = new SchemaNode { Type = SchemaType.String, BuiltIn = true };
        }
        foreach (var field in fact.Fields.Where(f => f.Minors.Contains(minor)))
        {
            var json = defaults?.LastOrDefault(d => d.Field == field.Name && d.Minors.Contains(minor))?.Json;
            shape.Properties[field.Name] = Field(fact.Package, field, json);
            if (field.Flags.Contains("!"))
                shape.Required.Add(field.Name);
        }
        return shape;
    }

    // PodTemplateSpec, JobTemplateSpec and PersistentVolumeClaimTemplate carry metadata but are no objects of their own.
    private static bool IsTemplate(string name) => name is "PodTemplateSpec" or "JobTemplateSpec" or "PersistentVolumeClaimTemplate";

    private SchemaNode Field(string package, FieldFact field, string? defaultJson)
    {
        IReadOnlyList<string> keys = [];
        string? mergeKey = null;
        var strategy = PatchStrategies.None;
        var list = ListType.Atomic;
        bool always = false, nullable = false, atomic = false, published = false, implied = false, granular = false;
        foreach (var flag in field.Flags)
        {
            if (flag == "+")
                always = true;
            else if (flag == "nullable")
                nullable = true;
            else if (flag == "atomic")
                atomic = true;
            else if (flag == "granular")
                granular = true;
            else if (flag == "set")
                list = ListType.Set;
            else if (flag.StartsWith("map(", StringComparison.Ordinal))
                (list, keys) = (ListType.Map, flag[4..^1].Split(','));
            else if (flag[0] == '=')
                (defaultJson, published) = (flag[1..], true);
            else if (flag.StartsWith("patch(", StringComparison.Ordinal))
            {
                var parts = flag[6..^1].Split(':');
                mergeKey = parts.Length > 1 ? parts[1] : null;
                foreach (var word in parts[0].Split(','))
                    strategy |= word switch
                    {
                        "merge" => PatchStrategies.Merge,
                        "replace" => PatchStrategies.Replace,
                        "retainKeys" => PatchStrategies.RetainKeys,
                        _ => throw new FormatException($"unknown patch strategy '{word}' of {package} {field.Name}"),
                    };
            }
            else if (flag != "!")
            {
                throw new FormatException($"unknown flag '{flag}' of {package} {field.Name}");
            }
        }
        if (list == ListType.Atomic && strategy.HasFlag(PatchStrategies.Merge) && field.Type.TrimStart('*').StartsWith("[]", StringComparison.Ordinal))
        {
            // Lists from before list types: the merge key makes them maps, and lists of plain values sets.
            implied = true;
            (list, keys) = mergeKey is null ? (ListType.Set, keys) : (ListType.Map, [mergeKey]);
        }
        return Node(package, field.Type, node => node with
        {
            AlwaysWritten = always,
            Nullable = nullable,
            AtomicMap = atomic || (node.AtomicMap && !granular),
            ListType = list,
            ListMapKeys = keys,
            ListTypeImplied = implied,
            DefaultPublished = published,
            PatchStrategy = strategy,
            PatchMergeKey = mergeKey,
            Default = defaultJson is null ? null : JsonNode.Parse(defaultJson),
        });
    }

    private SchemaNode Node(string package, string type, Func<SchemaNode, SchemaNode>? with = null)
    {
        var pointer = type[0] == '*';
        if (pointer)
            type = type[1..];
        var node = Plain(package, type) with { BuiltIn = true, Minor = minor, Pointer = pointer };
        return with is null ? node : with(node);
    }

    private SchemaNode Plain(string package, string type)
    {
        if (type.StartsWith("[]", StringComparison.Ordinal))
            return new SchemaNode { Type = SchemaType.Array, Items = Node(package, type[2..]) };
        if (type.StartsWith("{}", StringComparison.Ordinal))
            return new SchemaNode { Type = SchemaType.Object, AdditionalProperties = Node(package, type[2..]) };
        if (type.StartsWith("string(", StringComparison.Ordinal))
        {
            var values = type[7..^1].Split('|').Select(v => (JsonNode?)JsonValue.Create(v)).ToArray();
            return new SchemaNode { Type = SchemaType.String, Rules = new ValueRules { Enum = values } };
        }
        switch (type)
        {
            case "string":
                return new SchemaNode { Type = SchemaType.String };
            case "bool":
                return new SchemaNode { Type = SchemaType.Boolean };
            case "int32" or "int64":
                return new SchemaNode { Type = SchemaType.Integer, Format = type };
            case "float64":
                return new SchemaNode { Type = SchemaType.Number, Format = "double" };
            case "bytes":
                return new SchemaNode { Type = SchemaType.String, Format = "byte" };
            case "time":
                return new SchemaNode { Type = SchemaType.String, Format = "date-time", Definition = WellKnown.Time };
            case "microtime":
                return new SchemaNode { Type = SchemaType.String, Format = "date-time", Definition = WellKnown.MicroTime };
            case "duration":
                return new SchemaNode { Type = SchemaType.String, Definition = WellKnown.Duration };
            case "quantity":
                return new SchemaNode { Type = SchemaType.String, Definition = WellKnown.Quantity };
            case "intstr":
                return new SchemaNode { IntOrString = true, Definition = WellKnown.IntOrString };
            case "raw":
                return new SchemaNode { Type = SchemaType.Object, PreserveUnknownFields = true, AtomicMap = true, Definition = WellKnown.RawExtension };
            // JSON, and the "schema or something" unions of CRDs.
            case "any" or "JSONSchemaPropsOrArray" or "JSONSchemaPropsOrBool" or "JSONSchemaPropsOrStringArray":
                return new SchemaNode { PreserveUnknownFields = true, AtomicMap = true };
        }
        var name = type.StartsWith("meta.", StringComparison.Ordinal) ? "meta/v1." + type[5..]
            : type.Contains('/', StringComparison.Ordinal) ? type
            : $"{package}.{type}";
        var shape = ShapeOf(name);
        return new SchemaNode
        {
            Type = SchemaType.Object,
            Definition = shape.Fact.Definition,
            Properties = shape.Properties,
            Required = shape.Required,
            AtomicMap = shape.Fact.Atomic,
            AtomicDefinition = shape.Fact.Atomic,
        };
    }

    private sealed class Shape(StructFact fact)
    {
        public StructFact Fact { get; } = fact;

        public Dictionary<string, SchemaNode> Properties { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Required { get; } = new(StringComparer.Ordinal);
    }
}
