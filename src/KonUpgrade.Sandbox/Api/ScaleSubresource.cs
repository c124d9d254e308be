using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Schemas;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Api;

/// <summary>The scale subresource: how many there are of something and how many there should be, whatever the kind.</summary>
internal sealed class ScaleSubresource(SimulatedCluster cluster)
{
    public JsonObject Get(ApiResource resource, string @namespace, string name)
    {
        StoredObject found = cluster.Store.Find(resource.Collection, StoredObject.KeyOf(@namespace, name)) ?? throw resource.NotFound(name);
        return Show(resource, resource.Read(found));
    }

    /// <summary>Sets the number that is wanted.</summary>
    /// <param name="resource">The kind.</param>
    /// <param name="namespace">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">From the Scale as it is to the one that is wanted.</param>
    /// <param name="options">How the write is meant.</param>
    public JsonObject Update(ApiResource resource, string @namespace, string name, Func<JsonObject, JsonObject> change, WriteOptions options)
    {
        JsonObject changed = cluster.Writes.Scale(resource, @namespace, name, live =>
        {
            JsonObject wanted = change(Show(resource, live));
            Check(@namespace, name, wanted);
            JsonNode? replicas = wanted["spec"]?["replicas"];
            if (replicas is null) replicas = 0L;
            if (!Json.TryInteger(replicas, out long number)) throw ApiError.BadRequest("Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32");
            if (number < 0)
                throw ApiError.Invalid("autoscaling", "Scale", name, [new("FieldValueInvalid", $"Invalid value: {number}: must be greater than or equal to 0", "spec.replicas")]);
            ScaleFields.Set(live, resource.Scale!.Spec, number);
            JsonObject metadata = Metadata.Of(wanted);
            if (Metadata.Text(metadata, "resourceVersion") is { Length: > 0 } version) Metadata.Of(live)["resourceVersion"] = version;
            if (Metadata.Text(metadata, "uid") is { Length: > 0 } uid) Metadata.Of(live)["uid"] = uid;
        }, options);
        return Show(resource, changed);
    }

    private static void Check(string @namespace, string name, JsonObject scale)
    {
        string kind = Metadata.Text(scale, "kind"), apiVersion = Metadata.Text(scale, "apiVersion");
        if (kind != "Scale" || apiVersion is not ("autoscaling/v1" or "extensions/v1beta1" or "apps/v1beta1" or "apps/v1beta2"))
            throw ApiError.BadRequest($"{kind} in version \"{apiVersion}\" cannot be handled as a Scale: no kind \"{kind}\" is registered for version \"{apiVersion}\"");
        JsonObject metadata = Metadata.Of(scale);
        if (Metadata.Text(metadata, "namespace") is { Length: > 0 } other && other != @namespace)
            throw ApiError.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        RequestChecks.CheckName(metadata, name);
    }

    private static JsonObject Show(ApiResource resource, JsonObject item)
    {
        ScaleFields fields = resource.Scale!;
        JsonObject metadata = Metadata.Of(item);
        var shown = new JsonObject();
        foreach (string field in (ReadOnlySpan<string>)["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            if (metadata[field] is { } value) shown[field] = value.DeepClone();
        }
        var spec = new JsonObject();
        if (fields.Replicas(item) is > 0 and long wanted) spec["replicas"] = wanted;
        var status = new JsonObject { ["replicas"] = Json.TryInteger(ScaleFields.At(item, fields.Status), out long there) ? there : 0L };
        if (fields.Selector is not null && Text(ScaleFields.At(item, fields.Selector)) is { Length: > 0 } selector) status["selector"] = selector;
        return new JsonObject { ["kind"] = "Scale", ["apiVersion"] = "autoscaling/v1", ["metadata"] = shown, ["spec"] = spec, ["status"] = status };
    }

    /// <summary>A selector as one writes it on a command line.</summary>
    internal static string Text(JsonNode? selector)
    {
        if (selector is JsonValue) return Json.Text(selector) ?? string.Empty;
        if (selector is not JsonObject map) return string.Empty;
        var parts = new List<string>();
        // A ReplicationController's selector is a plain map.
        JsonObject labels = map["matchLabels"] as JsonObject ?? (map["matchExpressions"] is null ? map : []);
        parts.AddRange(labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={Json.Text(label.Value)}"));
        foreach (JsonObject expression in (map["matchExpressions"] as JsonArray ?? []).OfType<JsonObject>())
        {
            string key = Metadata.Text(expression, "key"), values = string.Join(',', Metadata.Strings(expression, "values"));
            parts.Add(Metadata.Text(expression, "operator") switch
            {
                "In" => $"{key} in ({values})",
                "NotIn" => $"{key} notin ({values})",
                "Exists" => key,
                _ => $"!{key}",
            });
        }
        return string.Join(',', parts);
    }
}
