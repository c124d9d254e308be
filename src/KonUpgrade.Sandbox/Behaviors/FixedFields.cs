using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>Fields that stay as they were created.</summary>
internal static class FixedFields
{
    private static readonly Dictionary<string, string[]> Fixed = new(StringComparer.Ordinal)
    {
        ["/Secret"] = ["type"],
        ["apps/Deployment"] = ["spec.selector"],
        ["apps/DaemonSet"] = ["spec.selector"],
        ["apps/ReplicaSet"] = ["spec.selector"],
        ["batch/Job"] = ["spec.selector", "spec.template", "spec.completionMode"],
        ["storage.k8s.io/StorageClass"] = ["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"],
        ["rbac.authorization.k8s.io/RoleBinding"] = ["roleRef"],
        ["rbac.authorization.k8s.io/ClusterRoleBinding"] = ["roleRef"],
        ["scheduling.k8s.io/PriorityClass"] = ["value", "preemptionPolicy"],
        ["networking.k8s.io/IngressClass"] = ["spec.controller"],
        ["node.k8s.io/RuntimeClass"] = ["handler"],
    };

    // A StatefulSet is the other way round: these alone may change.
    private static readonly HashSet<string> StatefulSetFree = new(StringComparer.Ordinal)
    {
        "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
    };

    private static readonly HashSet<string> ClaimFree = new(StringComparer.Ordinal) { "resources", "volumeName", "volumeAttributesClassName" };

    public static IReadOnlyList<StatusCause> Check(ApiResource resource, JsonObject before, JsonObject after)
    {
        var causes = new List<StatusCause>();
        if (Fixed.TryGetValue($"{resource.Group}/{resource.Kind}", out string[]? paths))
        {
            foreach (string path in paths)
            {
                if (JsonNode.DeepEquals(At(before, path), At(after, path))) continue;
                string words = path switch
                {
                    "roleRef" => "cannot change roleRef",
                    "provisioner" or "parameters" or "reclaimPolicy" or "value" when resource.Group is "storage.k8s.io" or "scheduling.k8s.io" => $"updates to {path} are forbidden.",
                    _ => "field is immutable",
                };
                bool forbidden = words.StartsWith("updates", StringComparison.Ordinal);
                causes.Add(forbidden
                    ? new("FieldValueForbidden", $"Forbidden: {words}", path)
                    : new("FieldValueInvalid", $"Invalid value: {(path == "roleRef" ? ShowRole(After(after)) : Show(At(after, path)))}: {words}", path));
            }
        }
        if (resource is { Group.Length: 0, Kind: "ConfigMap" or "Secret" } && before["immutable"] is JsonValue flag && flag.TryGetValue(out bool immutable) && immutable)
        {
            foreach (string field in (ReadOnlySpan<string>)["immutable", "data", "binaryData"])
            {
                if (!JsonNode.DeepEquals(before[field], after[field]))
                    causes.Add(new("FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set", field));
            }
        }
        if (resource is { Group: "apps", Kind: "StatefulSet" } && Differs(before, after, StatefulSetFree))
        {
            causes.Add(new("FieldValueForbidden",
                "Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
                "spec"));
        }
        if (resource is { Group.Length: 0, Kind: "PersistentVolumeClaim" } && Differs(before, after, ClaimFree))
        {
            causes.Add(new("FieldValueForbidden",
                "Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
                "spec"));
        }
        return causes;
    }

    private static bool Differs(JsonObject before, JsonObject after, HashSet<string> free)
    {
        JsonObject old = before["spec"] as JsonObject ?? [], now = after["spec"] as JsonObject ?? [];
        return old.Select(field => field.Key).Union(now.Select(field => field.Key))
            .Any(field => !free.Contains(field) && !JsonNode.DeepEquals(old[field], now[field]));
    }

    private static JsonNode? At(JsonObject item, string path)
    {
        JsonNode? node = item;
        foreach (string part in path.Split('.')) node = (node as JsonObject)?[part];
        return node;
    }

    private static JsonObject After(JsonObject binding) => binding["roleRef"] as JsonObject ?? [];

    private static string ShowRole(JsonObject role)
        => $"rbac.RoleRef{{APIGroup:\"{Metadata.Text(role, "apiGroup")}\", Kind:\"{Metadata.Text(role, "kind")}\", Name:\"{Metadata.Text(role, "name")}\"}}";

    private static string Show(JsonNode? value) => value?.ToJsonString() ?? "null";
}
