using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.ApiVersions.CustomResourceDefinitions;

/// <summary>
/// Makes a CustomResourceDefinition of v1beta1, or one of v1 with <c>preserveUnknownFields: true</c>, into one that a
/// server takes as a new one of v1 (Kubernetes 1.22 and later serve no other). What v1 says once a version is moved
/// there, schemas become structural, and where unknown fields were kept they are kept: nothing that an object holds is
/// pruned that was not pruned before. The source of the rules: the API's own deprecation guide, and its validation.
/// </summary>
public static class CrdConverter
{
    /// <summary>The version that definitions are converted to.</summary>
    public const string ApiVersion = "apiextensions.k8s.io/v1";

    private const string Old = "apiextensions.k8s.io/v1beta1";

    /// <summary>Whether a definition has to be converted before a server takes it as a new one.</summary>
    public static bool IsNeeded(JsonObject definition) =>
        Text(definition, "apiVersion") == Old || (definition["spec"] as JsonObject)?["preserveUnknownFields"] is JsonValue value && value.TryGetValue<bool>(out var kept) && kept;

    /// <summary>Converts a definition in place.</summary>
    /// <returns>What was changed that is more than another place for the same thing, a sentence each.</returns>
    public static IReadOnlyList<string> Convert(JsonObject definition)
    {
        var notes = new List<string>();
        var fromOld = Text(definition, "apiVersion") == Old;
        definition["apiVersion"] = ApiVersion;
        definition.Remove("status");
        if (definition["spec"] is not JsonObject spec)
            return notes;
        if (fromOld)
            ToVersions(spec);

        // Of v1beta1 it is the default that unknown fields are kept.
        var keeps = spec["preserveUnknownFields"] is JsonValue value && value.TryGetValue<bool>(out var told) ? told : fromOld;
        spec.Remove("preserveUnknownFields");
        if (keeps)
            notes.Add("Unknown fields were kept (preserveUnknownFields); each schema says so now (x-kubernetes-preserve-unknown-fields).");
        foreach (var version in (spec["versions"] as JsonArray ?? []).OfType<JsonObject>())
            Schema(version, keeps, notes);
        return notes;
    }

    private static void ToVersions(JsonObject spec)
    {
        if (spec["versions"] is not JsonArray { Count: > 0 } versions)
        {
            versions = [new JsonObject { ["name"] = Text(spec, "version") ?? "", ["served"] = true, ["storage"] = true }];
            spec["versions"] = versions;
        }

        spec.Remove("version");
        spec["scope"] ??= "Namespaced";
        foreach (var version in versions.OfType<JsonObject>())
        {
            MoveInto(version, spec, "validation", "schema");
            MoveInto(version, spec, "subresources", "subresources");
            MoveInto(version, spec, "additionalPrinterColumns", "additionalPrinterColumns");
            foreach (var column in (version["additionalPrinterColumns"] as JsonArray ?? []).OfType<JsonObject>())
                Rename(column, "JSONPath", "jsonPath");
        }

        foreach (var moved in new[] { "validation", "subresources", "additionalPrinterColumns" })
            spec.Remove(moved);
        if (spec["conversion"] is JsonObject conversion)
            NestWebhook(conversion);
    }

    // What stands at the top holds for every version that does not say it itself.
    private static void MoveInto(JsonObject version, JsonObject spec, string from, string to)
    {
        if (version[to] is null && spec[from] is { } shared)
            version[to] = shared.DeepClone();
    }

    private static void NestWebhook(JsonObject conversion)
    {
        var client = Take(conversion, "webhookClientConfig");
        var reviews = Take(conversion, "conversionReviewVersions");
        if (Text(conversion, "strategy") != "Webhook")
            return;
        var webhook = new JsonObject();
        if (client is not null)
            webhook["clientConfig"] = client;
        webhook["conversionReviewVersions"] = reviews ?? new JsonArray("v1beta1");
        conversion["webhook"] = webhook;
    }

    private static void Schema(JsonObject version, bool keeps, List<string> notes)
    {
        if (version["schema"] is not JsonObject schema)
            version["schema"] = schema = [];
        if (schema["openAPIV3Schema"] is not JsonObject root)
        {
            schema["openAPIV3Schema"] = new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
            notes.Add($"{Text(version, "name")} has no schema; one that takes every object stands in for it.");
            return;
        }

        new StructuralSchema(keeps, $"{Text(version, "name")} ", notes).Mend(root);
    }

    private static JsonNode? Take(JsonObject node, string name)
    {
        var value = node[name];
        node.Remove(name);
        return value;
    }

    private static void Rename(JsonObject node, string from, string to)
    {
        if (Take(node, from) is { } value)
            node[to] = value;
    }

    private static string? Text(JsonObject node, string name) => node[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
