using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.ApiVersions.Schemas;

/// <summary>
/// The schema of a kind's objects in one version, as a CustomResourceDefinition or a server's OpenAPI document has it.
/// </summary>
/// <remarks>
/// It is checked here and not by a library for JSON Schema: an OpenAPI v3 schema of Kubernetes is not one. nullable and
/// exclusiveMinimum are flags, what is not named is an error only where no x-kubernetes mark says otherwise, lists have keys,
/// defaults stand in for what is required, and most formats mean nothing to an API server. The libraries that there are
/// would have to be told each of these.
/// </remarks>
public sealed class ObjectSchema
{
    private const string Components = "#/components/schemas/";

    private readonly JsonPart _components;

    private ObjectSchema(JsonPart root, JsonPart components, bool isBuiltIn)
    {
        Root = root;
        _components = components;
        IsBuiltIn = isBuiltIn;
    }

    /// <summary>The schema of the whole object.</summary>
    internal JsonPart Root { get; }

    /// <summary>
    /// Whether it describes a type that is compiled into the server. Its document then tells the fields and their types; what
    /// values they take is for the most part in the server's code, and some that it calls required may be left out.
    /// </summary>
    public bool IsBuiltIn { get; }

    /// <summary>The schema in a version of a CustomResourceDefinition; null where it has none, and takes every object.</summary>
    /// <param name="version">An element of <c>spec.versions</c>, which must stay readable as long as the schema is used.</param>
    public static ObjectSchema? OfDefinition(JsonPart version) =>
        version.Member("schema").Member("openAPIV3Schema") is { ValueKind: JsonValueKind.Object } root ? new ObjectSchema(root, default, isBuiltIn: false) : null;

    /// <summary>The schema of a kind in the OpenAPI v3 document of its group and version; null where it is not there.</summary>
    /// <param name="document">The document, which must stay readable as long as the schema is used.</param>
    /// <param name="group">The group; empty for the core group.</param>
    /// <param name="version">The version.</param>
    /// <param name="kind">The kind.</param>
    public static ObjectSchema? OfDocument(JsonPart document, string group, string version, string kind)
    {
        var components = document.Member("components").Member("schemas");
        if (components.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var entry in components.EnumerateObject())
        {
            var names = entry.Value.Objects("x-kubernetes-group-version-kind").ToList();
            if (names is not [var only] || only.Text("kind") != kind || only.Text("version") != version || (only.Text("group") ?? "") != group)
                continue;
            // What has an apiVersion of its own is a whole object, and types of Go are named after their package.
            return new ObjectSchema(entry.Value, components, entry.Name.StartsWith("io.k8s.", StringComparison.Ordinal));
        }
        return null;
    }

    /// <summary>Whether a schema of its own is meant by a reference, which is followed to its end.</summary>
    internal JsonPart Resolve(JsonPart schema)
    {
        for (var steps = 0; steps < 32 && schema.Text("$ref") is { } reference; steps++)
            schema = reference.StartsWith(Components, StringComparison.Ordinal) ? _components.Member(reference[Components.Length..]) : default;
        return schema;
    }
}
