using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>Reads the fields of a CRD in its storage version.</summary>
internal static class DefinitionFields
{
    /// <summary>The schema of one of its versions, and what is wrong with it, at paths that begin with the given one.</summary>
    public static (SchemaNode? Schema, IReadOnlyList<FieldProblem> Problems) SchemaOf(JsonObject version, bool loose, string path, int minor)
        => CrdSchema.FromOpenApi(version["schema"]?["openAPIV3Schema"] as JsonObject, loose, path, minor);

    /// <summary>The versions in a specification.</summary>
    public static IEnumerable<JsonObject> Versions(JsonObject spec) => (spec["versions"] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>The version that objects are stored in; empty where none is marked.</summary>
    public static string StorageVersion(JsonObject definition)
        => Versions((JsonObject)definition["spec"]!).Where(version => IsSet(version, "storage")).Select(version => Metadata.Text(version, "name")).FirstOrDefault() ?? string.Empty;

    /// <summary>A field is there and true.</summary>
    public static bool IsSet(JsonObject holder, string field) => holder[field] is JsonValue value && value.TryGetValue(out bool set) && set;

    /// <summary>Its kinds are served.</summary>
    public static bool IsEstablished(JsonObject definition)
        => definition["status"]?["conditions"] is JsonArray conditions
        && conditions.OfType<JsonObject>().Any(condition => Metadata.Text(condition, "type") == "Established" && Metadata.Text(condition, "status") == "True");
}
