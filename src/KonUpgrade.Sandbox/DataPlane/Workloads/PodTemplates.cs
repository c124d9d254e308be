using System.Security.Cryptography;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.DataPlane.Workloads;

/// <summary>Makes Pods from templates, and names templates by what is in them.</summary>
internal static class PodTemplates
{
    // None that could spell a word.
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>A Pod of a template, controlled by its owner; its name is for the caller to give.</summary>
    public static JsonObject Pod(JsonNode? template, ObjectView owner, ApiResource ownerKind)
    {
        JsonObject from = Fields.Object(template, "metadata");
        var metadata = new JsonObject();
        foreach (string field in (ReadOnlySpan<string>)["labels", "annotations", "finalizers"])
        {
            if (from[field] is { } value) metadata[field] = value.DeepClone();
        }
        metadata["ownerReferences"] = new JsonArray(Owner(owner, ownerKind));
        return new JsonObject { ["metadata"] = metadata, ["spec"] = Fields.Object(template, "spec").DeepClone() };
    }

    /// <summary>The reference to an object's controller.</summary>
    public static JsonObject Owner(ObjectView owner, ApiResource kind) => new()
    {
        ["apiVersion"] = kind.ApiVersion,
        ["blockOwnerDeletion"] = true,
        ["controller"] = true,
        ["kind"] = kind.Kind,
        ["name"] = owner.Name,
        ["uid"] = owner.Uid,
    };

    /// <summary>Ten letters that follow from a template, and from how often others were in the way.</summary>
    public static string Hash(JsonNode? template, long collisions)
    {
        byte[] hash = SHA256.HashData(JsonTree.ToUtf8(new JsonArray(template?.DeepClone(), collisions)));
        return string.Create(10, hash, static (letters, bytes) =>
        {
            for (int i = 0; i < letters.Length; i++) letters[i] = Letters[bytes[i] % Letters.Length];
        });
    }

    /// <summary>Whether two templates are the same but for the label that a controller adds.</summary>
    public static bool Same(JsonNode? left, JsonNode? right, string label) => Json.Same(Without(left, label), Without(right, label));

    private static JsonNode? Without(JsonNode? template, string label)
    {
        if (Fields.Object(Fields.Object(template, "metadata"), "labels")[label] is null) return template;
        JsonNode copy = template!.DeepClone();
        copy["metadata"]!["labels"]!.AsObject().Remove(label);
        return copy;
    }
}
