using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas.Conversions;

/// <summary>
/// CustomResourceDefinition: v1beta1 may say for all versions at once what v1 says for each (schema, subresources,
/// columns), and writes the webhook of a conversion flat.
/// </summary>
internal sealed class CrdShapes : IVersionShapes
{
    public void ToCommon(JsonObject obj, string group, string version)
    {
        if (version == "v1" || obj["spec"] is not JsonObject spec)
            return;
        var name = spec.Take("version");
        var schema = spec.Take("validation");
        var subresources = spec.Take("subresources");
        var columns = spec.Take("additionalPrinterColumns");
        if (spec["versions"] is not JsonArray { Count: > 0 } && name is not null)
            spec["versions"] = new JsonArray(new JsonObject { ["name"] = name, ["served"] = true, ["storage"] = true });
        foreach (var each in Fields.Items(spec["versions"]))
        {
            if (each["schema"] is null)
                each.Put("schema", schema?.DeepClone());
            if (each["subresources"] is null)
                each.Put("subresources", subresources?.DeepClone());
            if (each["additionalPrinterColumns"] is null)
                each.Put("additionalPrinterColumns", columns?.DeepClone());
            foreach (var column in Fields.Items(each["additionalPrinterColumns"]))
                column.Rename("JSONPath", "jsonPath");
        }
        if (spec["conversion"] is JsonObject conversion)
        {
            var client = conversion.Take("webhookClientConfig");
            var reviews = conversion.Take("conversionReviewVersions");
            if (client is not null || reviews is not null)
            {
                var webhook = new JsonObject();
                webhook.Put("clientConfig", client);
                webhook.Put("conversionReviewVersions", reviews);
                conversion["webhook"] = webhook;
            }
        }
    }

    public void FromCommon(JsonObject obj, string group, string version)
    {
        if (version == "v1" || obj["spec"] is not JsonObject spec)
            return;
        var versions = Fields.Items(spec["versions"]).ToList();
        foreach (var column in versions.SelectMany(v => Fields.Items(v["additionalPrinterColumns"])))
            column.Rename("jsonPath", "JSONPath");
        if (versions.Count > 0)
            spec.Put("version", versions[0]["name"]?.DeepClone());
        // What all versions have in common is said once.
        Hoist(spec, versions, "schema", "validation");
        Hoist(spec, versions, "subresources", "subresources");
        Hoist(spec, versions, "additionalPrinterColumns", "additionalPrinterColumns");
        if (spec["conversion"] is JsonObject conversion && conversion.Take("webhook") is JsonObject webhook)
        {
            conversion.Put("webhookClientConfig", webhook.Take("clientConfig"));
            conversion.Put("conversionReviewVersions", webhook.Take("conversionReviewVersions"));
        }
        // Absent means true in this version and false in the other.
        spec["preserveUnknownFields"] ??= false;
    }

    private static void Hoist(JsonObject spec, List<JsonObject> versions, string each, string all)
    {
        if (versions.Count == 0 || versions[0][each] is not { } first || !versions.TrueForAll(v => Json.Same(v[each], first)))
            return;
        spec[all] = first.DeepClone();
        foreach (var version in versions)
            version.Remove(each);
    }
}
