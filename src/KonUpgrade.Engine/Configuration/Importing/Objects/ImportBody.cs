using System.Text.Json;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Workloads;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>
/// What is sent for an object. Most objects of an export are sent as they are; a tree is made only of those in which
/// something has to change.
/// </summary>
internal static class ImportBody
{
    // What a server writes into metadata. An export has none of it; plain manifests may.
    private static readonly string[] s_ofTheServer =
        ["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields"];

    /// <summary>The object as it is sent.</summary>
    /// <param name="source">The object as it was read.</param>
    /// <param name="apiVersion">The version that it is written in.</param>
    /// <param name="owners">Its owners as the target knows them; empty where it has none.</param>
    public static ReadOnlyMemory<byte> For(KubernetesObject source, string apiVersion, IReadOnlyList<TargetOwner> owners)
    {
        var renamed = source.ApiVersion != apiVersion || !source.Root.TryGetProperty("apiVersion"u8, out _) || !source.Root.TryGetProperty("kind"u8, out _);
        var owned = source.Metadata.ValueKind == JsonValueKind.Object && source.Metadata.TryGetProperty("ownerReferences"u8, out _);
        if (!renamed && !owned && owners.Count == 0 && !HoldsServerFields(source))
            return source.Json;
        var node = Parse(source.Json);
        node["apiVersion"] = apiVersion;
        node["kind"] = source.Kind;
        node.Remove("status");
        if (node["metadata"] is JsonObject metadata)
        {
            foreach (var name in s_ofTheServer)
                metadata.Remove(name);
            Rewrite(metadata, owners);
        }
        return Write(node);
    }

    /// <summary>
    /// The body with the <c>spec.replicas</c> that an autoscaler has set: not told, so that they stay the autoscaler's; or
    /// as they are, where we own them from an earlier apply, since a server sets what an owner no longer tells to its
    /// default.
    /// </summary>
    public static ReadOnlyMemory<byte> WithReplicasOf(KubernetesObject live, ReadOnlyMemory<byte> body, string manager)
    {
        var node = Parse(body);
        if (node["spec"] is not JsonObject spec)
            return body;
        var replicas = live.Root.Member("spec").Member("replicas");
        if (replicas.ValueKind == JsonValueKind.Number && OwnsReplicas(live, manager))
            spec["replicas"] = JsonNode.Parse(replicas.GetRawText());
        else
            spec.Remove("replicas");
        return Write(node);
    }

    /// <summary>The body with the status that the object had; with an empty one where it had none, since its kind requires one.</summary>
    public static ReadOnlyMemory<byte> WithStatusOf(KubernetesObject source, ReadOnlyMemory<byte> body)
    {
        var node = Parse(body);
        node["status"] = Parse(source.Json)["status"] is JsonObject status ? status.DeepClone() : new JsonObject();
        return Write(node);
    }

    /// <summary>The body with the name of the upgrade that makes it.</summary>
    public static ReadOnlyMemory<byte> MadeBy(string upgrade, ReadOnlyMemory<byte> body)
    {
        var node = Parse(body);
        if (node["metadata"] is not JsonObject metadata)
            return body;
        if (metadata["annotations"] is not JsonObject annotations)
            metadata["annotations"] = annotations = [];
        annotations[WorkloadHold.UpgradeAnnotation] = upgrade;
        return Write(node);
    }

    /// <summary>Whether an upgrade has made an object.</summary>
    public static bool IsMadeBy(string? upgrade, KubernetesObject live) =>
        upgrade is not null && live.Metadata.Member("annotations"u8).Text(WorkloadHold.UpgradeAnnotation) == upgrade;

    private static bool OwnsReplicas(KubernetesObject live, string manager) => live.Metadata.Objects("managedFields").Any(m =>
        m.Text("manager") == manager && m.Text("operation") == "Apply"
        && m.Member("fieldsV1").Member("f:spec").Member("f:replicas").ValueKind == JsonValueKind.Object);

    private static bool HoldsServerFields(KubernetesObject source)
    {
        if (source.Root.TryGetProperty("status"u8, out _))
            return true;
        if (source.Metadata.ValueKind != JsonValueKind.Object)
            return false;
        foreach (var name in s_ofTheServer)
        {
            if (source.Metadata.TryGetProperty(name, out _))
                return true;
        }
        return false;
    }

    private static void Rewrite(JsonObject metadata, IReadOnlyList<TargetOwner> owners)
    {
        if (metadata["ownerReferences"] is not JsonArray references)
            return;
        foreach (var reference in references.OfType<JsonObject>())
        {
            if (owners.FirstOrDefault(o => o.Reference.Kind == Text(reference, "kind") && o.Reference.Name == Text(reference, "name")
                && o.Reference.ApiVersion == Text(reference, "apiVersion")) is not { } owner)
            {
                continue;
            }
            reference["apiVersion"] = owner.ApiVersion;
            reference["uid"] = owner.Uid;
        }
    }

    private static string? Text(JsonObject node, string name) => node[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>A tree of an object in which something has to change.</summary>
    internal static JsonObject Parse(ReadOnlyMemory<byte> json) =>
        JsonTree.Parse(json);

    /// <summary>The tree as JSON.</summary>
    internal static byte[] Write(JsonObject node) => JsonTree.Write(node);
}
