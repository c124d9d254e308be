using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Behaviors;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Api;

/// <summary>
/// What a request's object must be to be judged at all: of the path's kind, namespace and name, and decodable.
/// </summary>
/// <remarks>All throw the <see cref="ApiError"/> that a real server answers, nearly always 400.</remarks>
internal static class RequestChecks
{
    /// <summary>Drops the fields that no schema knows, and refuses or warns as the request wants it.</summary>
    public static void ReportUnknownFields(ApiResource resource, JsonObject item, WriteOptions options, IReadOnlyList<string>? duplicates)
    {
        IReadOnlyList<string> unknown = UnknownFields.Prune(item, resource.Schema);
        if (options.Validation == FieldValidation.Ignore || (unknown.Count == 0 && (duplicates is null || duplicates.Count == 0))) return;
        string[] complaints = [.. (duplicates ?? []).Select(path => $"duplicate field \"{path}\""), .. unknown.Select(path => $"unknown field \"{path}\"")];
        if (options.Validation == FieldValidation.Strict)
        {
            string words = $"strict decoding error: {string.Join(", ", complaints)}";
            throw ApiError.BadRequest($"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: {words}");
        }
        options.Warnings.AddRange(complaints);
    }

    /// <summary>A built-in kind is decoded into Go types: a value of another type does not get as far as being validated.</summary>
    public static void CheckTypes(ApiResource resource, JsonObject item)
    {
        if (resource.IsCustom) return;
        string? problem = KindBehaviors.UndecodableField(resource, item);
        if (problem is null && SchemaValidation.Validate(item, resource.Schema).FirstOrDefault(found => found.Reason == FieldProblem.TypeInvalidReason) is { } wrong)
        {
            string[] words = wrong.Message.Split('"');
            string type = words.Length > 1 ? words[^2] : "value";
            int of = wrong.Message.IndexOf("of type ", StringComparison.Ordinal);
            string expected = of < 0 ? "another type" : wrong.Message[(of + 8)..].Split(':')[0];
            string path = wrong.Path.Contains('[', StringComparison.Ordinal) ? wrong.Path[..wrong.Path.IndexOf('[', StringComparison.Ordinal)] : wrong.Path;
            problem = $"json: cannot unmarshal {(type is "integer" ? "number" : type is "boolean" ? "bool" : type)} into Go struct field {resource.Kind}.{path} of type {expected}";
        }
        if (problem is not null) throw ApiError.BadRequest($"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: {problem}");
    }

    /// <summary>The object must be of the kind and version that the path names.</summary>
    public static void CheckType(ApiResource resource, JsonObject item)
    {
        string apiVersion = Metadata.Text(item, "apiVersion"), kind = Metadata.Text(item, "kind");
        if (resource.IsCustom && kind.Length == 0)
        {
            string text = item.ToJsonString();
            throw ApiError.BadRequest($"the object provided is unrecognized (must be of type {resource.Kind}): Object 'Kind' is missing in '{text}' ({(text.Length > 30 ? $"{text[..30]} ..." : text)})");
        }
        if (apiVersion != resource.ApiVersion && (apiVersion.Length > 0 || resource.IsCustom))
            throw ApiError.BadRequest($"the API version in the data ({apiVersion}) does not match the expected API version ({resource.ApiVersion})");
        if (resource.IsCustom && kind != resource.Kind)
            throw ApiError.Invalid(resource.Group, kind, Metadata.Name(item), [new("FieldValueInvalid", $"Invalid value: \"{kind}\": must be {resource.Kind}", "kind")]);
        if (kind.Length > 0 && kind != resource.Kind)
            throw ApiError.BadRequest($"{kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: the kind does not match the path");
        item["apiVersion"] = resource.ApiVersion;
        item["kind"] = resource.Kind;
    }

    /// <summary>The object must be of the namespace that the path names; gets it where it names none.</summary>
    public static void CheckNamespace(ApiResource resource, string @namespace, JsonObject metadata)
    {
        string given = Metadata.Text(metadata, "namespace");
        if (given.Length > 0 && resource.Namespaced && given != @namespace)
            throw ApiError.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        if (resource.Namespaced) metadata["namespace"] = @namespace;
        else metadata.Remove("namespace");
    }

    /// <summary>The object must have the name that the path has.</summary>
    public static void CheckName(JsonObject metadata, string name)
    {
        string given = Metadata.Text(metadata, "name");
        if (given.Length == 0) throw ApiError.BadRequest($"the name of the object ({name} based on URL) was undeterminable: name must be provided");
        if (given != name) throw ApiError.BadRequest($"the name of the object ({given}) does not match the name on the URL ({name})");
    }
}
