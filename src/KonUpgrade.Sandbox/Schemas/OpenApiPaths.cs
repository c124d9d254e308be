using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>The operations on a resource: what clients look up is the kind of each and which parameters it takes.</summary>
internal static class OpenApiPaths
{
    private static readonly string[] PatchTypes =
    [
        "application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
    ];

    public static void Add(JsonObject paths, ServedResource resource, OpenApiSchemas schemas, bool v3)
    {
        var root = resource.Group.Length == 0 ? $"/api/{resource.Version}" : $"/apis/{resource.Group}/{resource.Version}";
        var plural = resource.Kind.Plural;
        var collection = resource.Kind.Namespaced ? $"{root}/namespaces/{{namespace}}/{plural}" : $"{root}/{plural}";
        var item = collection + "/{name}";
        string[] fixedParameters = resource.Kind.Namespaced ? ["namespace"] : [];

        var many = PathItem(fixedParameters);
        many["get"] = Operation(resource, schemas, v3, "list", "List", resource.Kind.ListKind, "allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch");
        many["post"] = Operation(resource, schemas, v3, "post", "", resource.Kind.Kind, "dryRun", "fieldManager", "fieldValidation");
        many["delete"] = Operation(resource, schemas, v3, "deletecollection", "", resource.Kind.Kind, "dryRun", "fieldSelector", "labelSelector", "propagationPolicy");
        paths[collection] = many;
        paths[item] = Single(resource, schemas, v3, fixedParameters, deletable: true);
        // Scale and Eviction are kinds of other groups.
        foreach (var subresource in resource.Kind.Subresources.Where(name => name is "status" or "finalize"))
            paths[$"{item}/{subresource}"] = Single(resource, schemas, v3, fixedParameters, deletable: false);
        if (!resource.Kind.Namespaced)
            return;
        var all = PathItem([]);
        all["get"] = many["get"]!.DeepClone();
        paths[$"{root}/{plural}"] = all;
    }

    private static JsonObject Single(ServedResource resource, OpenApiSchemas schemas, bool v3, string[] fixedParameters, bool deletable)
    {
        var path = PathItem([.. fixedParameters, "name"]);
        path["get"] = Operation(resource, schemas, v3, "get", "", resource.Kind.Kind);
        path["put"] = Operation(resource, schemas, v3, "put", "", resource.Kind.Kind, "dryRun", "fieldManager", "fieldValidation");
        path["patch"] = Operation(resource, schemas, v3, "patch", "", resource.Kind.Kind, "dryRun", "fieldManager", "fieldValidation", "force");
        if (deletable)
            path["delete"] = Operation(resource, schemas, v3, "delete", "", resource.Kind.Kind, "dryRun", "gracePeriodSeconds", "propagationPolicy");
        return path;
    }

    private static JsonObject PathItem(string[] parameters) => new()
    {
        ["parameters"] = new JsonArray(parameters.Select(p => (JsonNode?)new JsonObject { ["name"] = p, ["in"] = "path", ["required"] = true, ["type"] = "string", ["uniqueItems"] = true }).ToArray()),
    };

    private static JsonObject Operation(ServedResource resource, OpenApiSchemas schemas, bool v3, string action, string suffix, string kind, params string[] query)
    {
        var result = schemas.Reference(OpenApiSchemas.NameOf(resource) + suffix);
        var ok = new JsonObject { ["description"] = "OK" };
        if (v3)
            ok["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = result } };
        else
            ok["schema"] = result;
        var operation = new JsonObject();
        if (action == "patch")
        {
            var types = resource.Schema.BuiltIn ? PatchTypes : PatchTypes[..3];
            if (v3)
            {
                var content = new JsonObject();
                foreach (var type in types)
                    content[type] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "object" } };
                operation["requestBody"] = new JsonObject { ["content"] = content, ["required"] = true };
            }
            else
            {
                operation["consumes"] = new JsonArray(types.Select(t => (JsonNode?)JsonValue.Create(t)).ToArray());
            }
        }
        operation["parameters"] = new JsonArray(query.Select(q => (JsonNode?)Query(q, v3)).ToArray());
        operation["responses"] = new JsonObject { ["200"] = ok };
        operation["x-kubernetes-action"] = action;
        operation["x-kubernetes-group-version-kind"] = OpenApiSchemas.KindOf(resource, action == "list" ? resource.Kind.Kind : kind);
        return operation;
    }

    private static JsonObject Query(string name, bool v3)
    {
        var type = name switch
        {
            "limit" or "timeoutSeconds" or "gracePeriodSeconds" => "integer",
            "watch" or "allowWatchBookmarks" or "force" or "sendInitialEvents" => "boolean",
            _ => "string",
        };
        var parameter = new JsonObject { ["name"] = name, ["in"] = "query" };
        if (v3)
            parameter["schema"] = new JsonObject { ["type"] = type, ["uniqueItems"] = true };
        else
            (parameter["type"], parameter["uniqueItems"]) = (type, true);
        return parameter;
    }
}
