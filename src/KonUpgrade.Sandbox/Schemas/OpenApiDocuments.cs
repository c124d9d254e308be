using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// The OpenAPI documents a server publishes of what it serves: all of it in one (version 2, /openapi/v2), or one a group
/// version (version 3, /openapi/v3/apis/GROUP/VERSION). Clients read from them how fields are merged, and which
/// parameters an operation knows.
/// </summary>
internal static class OpenApiDocuments
{
    /// <summary>The document of everything.</summary>
    /// <param name="resources">What is served, custom resources included.</param>
    /// <param name="serverVersion">v1.33.0</param>
    public static JsonObject V2(IEnumerable<ServedResource> resources, string serverVersion)
    {
        var schemas = new OpenApiSchemas(v3: false);
        var paths = new JsonObject();
        foreach (var resource in resources)
        {
            schemas.Add(resource);
            OpenApiPaths.Add(paths, resource, schemas, v3: false);
        }
        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = Info(serverVersion),
            ["paths"] = paths,
            ["definitions"] = schemas.Definitions(),
        };
    }

    /// <summary>The document of one group version: <paramref name="resources"/> are all that are served in it.</summary>
    public static JsonObject V3(IEnumerable<ServedResource> resources, string serverVersion)
    {
        var schemas = new OpenApiSchemas(v3: true);
        var paths = new JsonObject();
        foreach (var resource in resources)
        {
            schemas.Add(resource);
            OpenApiPaths.Add(paths, resource, schemas, v3: true);
        }
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = Info(serverVersion),
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas.Definitions() },
        };
    }

    private static JsonObject Info(string serverVersion) => new() { ["title"] = "Kubernetes", ["version"] = serverVersion };
}
