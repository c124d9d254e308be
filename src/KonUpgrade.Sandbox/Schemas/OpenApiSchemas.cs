using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>Writes schema nodes as OpenAPI schemas, either version, and gathers the shared structures they refer to.</summary>
internal sealed class OpenApiSchemas(bool v3)
{
    public const string ListMeta = WellKnown.MetaPrefix + "ListMeta";

    private readonly Dictionary<string, JsonObject> definitions = new(StringComparer.Ordinal);

    /// <summary>By published name, in that order.</summary>
    public JsonObject Definitions()
    {
        var json = new JsonObject();
        foreach (var (name, definition) in definitions.OrderBy(d => d.Key, StringComparer.Ordinal))
            json[name] = definition;
        return json;
    }

    /// <summary>The kind and its list.</summary>
    public void Add(ServedResource resource)
    {
        var name = NameOf(resource);
        if (definitions.TryGetValue(name, out _))
            return;
        var kind = new JsonObject();
        definitions[name] = kind;
        Fill(kind, resource.Schema);
        kind["x-kubernetes-group-version-kind"] = Kinds(resource, resource.Kind.Kind);
        definitions[name + "List"] = new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("items"),
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = Text(),
                ["items"] = new JsonObject { ["type"] = "array", ["items"] = Reference(name) },
                ["kind"] = Text(),
                ["metadata"] = Reference(ListMeta),
            },
            ["x-kubernetes-group-version-kind"] = Kinds(resource, resource.Kind.ListKind),
        };
        definitions.TryAdd(ListMeta, new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["continue"] = Text(),
                ["remainingItemCount"] = new JsonObject { ["type"] = "integer", ["format"] = "int64" },
                ["resourceVersion"] = Text(),
                ["selfLink"] = Text(),
            },
        });
    }

    /// <summary>io.k8s.api.apps.v1.Deployment; of a custom resource its group backwards: dev.k11n.v1alpha1.App.</summary>
    public static string NameOf(ServedResource resource) => resource.Schema.Definition
        ?? $"{string.Join('.', Enumerable.Reverse(resource.Group.Split('.')))}.{resource.Version}.{resource.Kind.Kind}";

    /// <summary>group, version and kind as the extension of the same name has them.</summary>
    public static JsonObject KindOf(ServedResource resource, string kind) => new()
    {
        ["group"] = resource.Group,
        ["kind"] = kind,
        ["version"] = resource.Version,
    };

    public JsonObject Reference(string name) => new() { ["$ref"] = (v3 ? "#/components/schemas/" : "#/definitions/") + name };

    private static JsonArray Kinds(ServedResource resource, string kind) => [KindOf(resource, kind)];

    private static JsonObject Text() => new() { ["type"] = "string" };

    private JsonObject Schema(SchemaNode node)
    {
        var json = new JsonObject();
        if (node.Definition is not { } name)
        {
            Fill(json, node);
        }
        else
        {
            if (!definitions.ContainsKey(name))
            {
                var definition = new JsonObject();
                // In its place before it is filled: structures refer to themselves.
                definitions[name] = definition;
                // How the structure is owned as a rule; a field may say otherwise for itself.
                Fill(definition, node with { AtomicMap = node.AtomicDefinition, Default = null, Nullable = false, PatchStrategy = PatchStrategies.None, PatchMergeKey = null });
            }
            json = v3 ? new JsonObject { ["allOf"] = new JsonArray(Reference(name)) } : Reference(name);
        }
        if (node.Default is not null && node.DefaultPublished && v3)
            json["default"] = node.Default.DeepClone();
        Extensions(json, node);
        return json;
    }

    private void Fill(JsonObject json, SchemaNode node)
    {
        switch (node.Definition)
        {
            case WellKnown.IntOrString:
                json["format"] = "int-or-string";
                if (v3)
                    json["oneOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, Text());
                else
                    json["type"] = "string";
                return;
            case WellKnown.Quantity when v3:
                json["oneOf"] = new JsonArray(Text(), new JsonObject { ["type"] = "number" });
                return;
        }
        // Version 2 has no word for null, for "or", or for fields that nobody declared: there it says nothing of such places.
        var vague = !v3 && !node.BuiltIn && (node.Nullable || node.PreserveUnknownFields || node.IntOrString);
        if (node.Type != SchemaType.Any && !vague)
            json["type"] = node.Type.ToString().ToLowerInvariant();
        if (node.Format is not null)
            json["format"] = node.Format;
        if (node.AtomicMap && node.BuiltIn && node.Properties.Count > 0)
            json["x-kubernetes-map-type"] = "atomic";
        if (!vague)
        {
            if (node.Required.Count > 0)
                json["required"] = new JsonArray(node.Required.Order(StringComparer.Ordinal).Select(r => (JsonNode?)JsonValue.Create(r)).ToArray());
            if (node.Properties.Count > 0)
            {
                var properties = new JsonObject();
                foreach (var (name, child) in node.Properties.OrderBy(p => p.Key, StringComparer.Ordinal))
                    properties[name] = Schema(child);
                json["properties"] = properties;
            }
            if (node.Items is not null)
                json["items"] = Schema(node.Items);
            if (node.AdditionalProperties is not null)
                json["additionalProperties"] = Schema(node.AdditionalProperties);
        }
        if (v3 && node.Nullable && !node.BuiltIn)
            json["nullable"] = true;
        if (node.Rules is not null && (v3 || node.BuiltIn))
            OpenApiRules.Write(json, node.Rules, Schema);
        if (!node.BuiltIn)
        {
            if (node.PreserveUnknownFields)
                json["x-kubernetes-preserve-unknown-fields"] = true;
            if (node.EmbeddedResource)
                json["x-kubernetes-embedded-resource"] = true;
            if (node.IntOrString)
                json["x-kubernetes-int-or-string"] = true;
        }
    }

    private static void Extensions(JsonObject json, SchemaNode node)
    {
        if (node.Type == SchemaType.Array && node.ListType != ListType.Atomic && !node.ListTypeImplied)
        {
            json["x-kubernetes-list-type"] = node.ListType.ToString().ToLowerInvariant();
            if (node.ListMapKeys.Count > 0)
                json["x-kubernetes-list-map-keys"] = new JsonArray(node.ListMapKeys.Select(k => (JsonNode?)JsonValue.Create(k)).ToArray());
        }
        if (node.AtomicMap && node.Properties.Count == 0 && node.AdditionalProperties is not null)
            json["x-kubernetes-map-type"] = "atomic";
        else if (node.AtomicDefinition && !node.AtomicMap)
            json["x-kubernetes-map-type"] = "granular";
        if (node.PatchMergeKey is not null)
            json["x-kubernetes-patch-merge-key"] = node.PatchMergeKey;
        if (node.PatchStrategy == PatchStrategies.None)
            return;
        var words = new List<string>();
        if (node.PatchStrategy.HasFlag(PatchStrategies.Merge))
            words.Add("merge");
        if (node.PatchStrategy.HasFlag(PatchStrategies.Replace))
            words.Add("replace");
        if (node.PatchStrategy.HasFlag(PatchStrategies.RetainKeys))
            words.Add("retainKeys");
        json["x-kubernetes-patch-strategy"] = string.Join(',', words);
    }
}
