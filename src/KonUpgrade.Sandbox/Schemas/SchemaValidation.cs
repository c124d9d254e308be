using System.Text.Json;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>What of an object breaks its schema, in the words of the API server's field errors.</summary>
internal static class SchemaValidation
{
    /// <summary>Lists that are always written and may yet have nothing in them.</summary>
    private static readonly HashSet<string> MayBeEmpty = new(StringComparer.Ordinal)
    {
        "io.k8s.api.discovery.v1.EndpointSlice.endpoints",
        "io.k8s.api.discovery.v1beta1.EndpointSlice.endpoints",
        "io.k8s.api.storage.v1.CSINodeSpec.drivers",
        "io.k8s.api.storage.v1beta1.CSINodeSpec.drivers",
        "io.k8s.api.rbac.v1.Role.rules",
        "io.k8s.api.rbac.v1.ClusterRole.rules",
        "io.k8s.api.rbac.v1beta1.Role.rules",
        "io.k8s.api.rbac.v1beta1.ClusterRole.rules",
    };

    public static IReadOnlyList<FieldProblem> Validate(JsonObject obj, SchemaNode schema)
    {
        var problems = new List<FieldProblem>();
        Value(obj, schema, Place.Root, problems);
        return problems;
    }

    private static void Value(JsonNode? value, SchemaNode node, Place at, List<FieldProblem> problems)
    {
        if (value is null)
        {
            if (!node.BuiltIn && !node.Nullable && node.Type != SchemaType.Any)
                problems.Add(WrongType(at, "null", node));
            return;
        }
        if (!TypeFits(value, node))
        {
            problems.Add(WrongType(at, TypeName(value), node));
            return;
        }
        switch (value)
        {
            case JsonObject map:
                Map(map, node, at, problems);
                break;
            case JsonArray list:
                List(list, node, at, problems);
                break;
        }
        if (node.Rules is { } rules && !at.InStatusOf(node))
            ValueRuleChecks.Check(value, node, rules, at.ToString(), problems, Against);
    }

    private static void Map(JsonObject map, SchemaNode node, Place at, List<FieldProblem> problems)
    {
        var reported = at.InStatusOf(node);
        if (node.EmbeddedResource)
        {
            foreach (var name in new[] { "apiVersion", "kind" })
            {
                if (Json.Text(map[name]) is null or "")
                    problems.Add(new FieldProblem(at.Enter(name).ToString(), FieldProblem.RequiredReason, "Required value: must not be empty"));
            }
        }
        foreach (var name in node.Required)
        {
            if (reported || (node.BuiltIn && MayBeEmpty.Contains($"{node.Definition}.{name}")))
                continue;
            if (!map.TryGetPropertyValue(name, out var value) || (node.BuiltIn && IsEmpty(value, node.Properties.GetValueOrDefault(name))))
                problems.Add(new FieldProblem(at.Enter(name).ToString(), FieldProblem.RequiredReason, "Required value"));
        }
        foreach (var (name, value) in map)
        {
            if (!node.Properties.TryGetValue(name, out var child))
                child = node.AdditionalProperties;
            if (child is null)
                continue;
            Value(value, child, node.Properties.ContainsKey(name) || !node.BuiltIn ? at.Enter(name) : at.Key(name), problems);
        }
        if (node.BuiltIn && node.Definition is { } definition && BuiltInRules.Rules.TryGetValue(definition, out var rule))
            rule(map, at.ToString(), problems);
    }

    private static void List(JsonArray list, SchemaNode node, Place at, List<FieldProblem> problems)
    {
        if (node.Items is not { } items)
            return;
        HashSet<string>? seen = null;
        for (var i = 0; i < list.Count; i++)
        {
            var place = at.Item(i);
            Value(list[i], items, place, problems);
            // Of built-in kinds the server's own rules tell what may not be there twice.
            if (node.ListType == ListType.Atomic || node.BuiltIn)
                continue;
            var element = node.ListMapKeys.Count > 0 ? PathElement.Key(list[i], node, out _) : list[i] is { } item ? PathElement.Value(item) : null;
            if (element is not null && !(seen ??= new HashSet<string>(StringComparer.Ordinal)).Add(element))
                problems.Add(new FieldProblem(place.ToString(), FieldProblem.DuplicateReason, $"Duplicate value: {GoText.Syntax(JsonNode.Parse(element[2..]))}"));
        }
    }

    /// <summary>What a value lacks of one of the schemas in anyOf and its like.</summary>
    private static List<FieldProblem> Against(JsonNode value, SchemaNode node, string path)
    {
        var problems = new List<FieldProblem>();
        Value(value, node, new Place(null, path), problems);
        return problems;
    }

    private static bool TypeFits(JsonNode value, SchemaNode node)
    {
        var kind = value.GetValueKind();
        if (node.IntOrString)
            return kind == JsonValueKind.String || Json.TryInteger(value, out _);
        return node.Type switch
        {
            SchemaType.Object => kind == JsonValueKind.Object,
            SchemaType.Array => kind == JsonValueKind.Array,
            SchemaType.String => kind == JsonValueKind.String || (kind == JsonValueKind.Number && node.Definition == WellKnown.Quantity),
            SchemaType.Boolean => kind is JsonValueKind.True or JsonValueKind.False,
            SchemaType.Integer => Json.TryInteger(value, out _),
            SchemaType.Number => kind == JsonValueKind.Number,
            _ => true,
        };
    }

    private static bool IsEmpty(JsonNode? value, SchemaNode? node) => value switch
    {
        null => true,
        JsonArray list => list.Count == 0 && node?.Pointer != true,
        JsonValue when Json.Text(value) is { Length: 0 } => true,
        _ => false,
    };

    private static FieldProblem WrongType(Place at, string type, SchemaNode node)
    {
        var path = at.ToString();
        var expected = node.IntOrString ? "integer,string" : node.Type.ToString().ToLowerInvariant();
        return new FieldProblem(path, FieldProblem.TypeInvalidReason, $"Invalid value: \"{type}\": {path} in body must be of type {expected}: \"{type}\"");
    }

    private static string TypeName(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => Json.TryInteger(value, out _) ? "integer" : "number",
        _ => "null",
    };

    /// <summary>Where the walk is; written out only for a problem.</summary>
    private sealed class Place(Place? parent, string? step)
    {
        public static Place Root { get; } = new(null, null);

        public Place Enter(string name) => new(this, "." + name);

        public Place Key(string name) => new(this, $"[{name}]");

        public Place Item(int index) => new(this, $"[{index}]");

        /// <summary>In the status of a built-in kind values are only reported, and newer ones than we know may come.</summary>
        public bool InStatusOf(SchemaNode node)
        {
            if (!node.BuiltIn)
                return false;
            var top = this;
            while (top.Parent is { Step: not null })
                top = top.Parent;
            return top.Step == ".status";
        }

        private Place? Parent => parent;

        private string? Step => step;

        public override string ToString()
        {
            if (parent is null)
                return step ?? "";
            var text = parent + step!;
            return text[0] == '.' ? text[1..] : text;
        }
    }
}
