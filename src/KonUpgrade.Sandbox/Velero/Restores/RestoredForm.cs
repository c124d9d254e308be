using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Velero.Buckets;

namespace KonUpgrade.Sandbox.Velero.Restores;

/// <summary>What becomes of an object between the backup and the cluster.</summary>
internal static class RestoredForm
{
    public const string BackupLabel = "velero.io/backup-name", RestoreLabel = "velero.io/restore-name";

    private static readonly string[] Kept = ["name", "namespace", "labels", "annotations", "finalizers"];

    /// <summary>Why an object is left alone although it is selected; null when it is restored.</summary>
    public static string? Skipped(ArchivedItem item) => item.Resource switch
    {
        "pods" when Fields.Text(item.Object["status"], "phase") is "Succeeded" or "Failed" => "pod is complete - skipping",
        "jobs.batch" when item.Object["status"]?["completionTime"] is not null => "job is complete - skipping",
        _ => null,
    };

    /// <summary>The object as it is to be made: without what its old cluster gave it, with the marks of the restore.</summary>
    /// <param name="item">As it is in the backup.</param>
    /// <param name="namespace">Where it goes.</param>
    /// <param name="restore">The restore.</param>
    public static JsonObject Of(ArchivedItem item, string @namespace, JsonObject restore)
    {
        var made = (JsonObject)item.Object.DeepClone();
        JsonObject spec = Fields.Object(restore, "spec");
        Reset(made);
        if (@namespace.Length > 0) Metadata.Of(made)["namespace"] = @namespace;
        switch (item.Resource)
        {
            case "pods":
                CleanPod(made);
                break;
            case "services":
                CleanService(made, Fields.Flag(spec, "preserveNodePorts"));
                break;
            case "jobs.batch":
                CleanJob(made);
                break;
            case "rolebindings.rbac.authorization.k8s.io" or "clusterrolebindings.rbac.authorization.k8s.io":
                foreach (JsonObject subject in Fields.Objects(made, "subjects"))
                {
                    if (Fields.Object(spec, "namespaceMapping")[Metadata.Text(subject, "namespace")] is { } mapped) subject["namespace"] = mapped.DeepClone();
                }
                break;
        }
        JsonObject labels = Fields.Made(Metadata.Of(made), "labels");
        labels[BackupLabel] = LabelValues.Of(Metadata.Text(spec, "backupName"));
        labels[RestoreLabel] = LabelValues.Of(Metadata.Name(restore));
        return made;
    }

    /// <summary>Takes all that a cluster itself puts into an object, and its status.</summary>
    public static void Reset(JsonObject item)
    {
        JsonObject metadata = Metadata.Of(item);
        foreach (string field in metadata.Select(field => field.Key).Except(Kept).ToArray()) metadata.Remove(field);
        item.Remove("status");
    }

    private static void CleanPod(JsonObject pod)
    {
        JsonObject spec = Fields.Made(pod, "spec");
        spec.Remove("nodeName");
        spec.Remove("priority");
        bool IsToken(JsonNode? holder) => Fields.Text(holder, "name").StartsWith("kube-api-access-", StringComparison.Ordinal);
        Prune(spec, "volumes", IsToken);
        foreach (JsonObject container in Fields.Objects(spec, "containers").Concat(Fields.Objects(spec, "initContainers")).ToArray()) Prune(container, "volumeMounts", IsToken);
    }

    private static void CleanService(JsonObject service, bool keepsPorts)
    {
        JsonObject spec = Fields.Made(service, "spec");
        if (Metadata.Text(spec, "clusterIP") != "None")
        {
            spec.Remove("clusterIP");
            spec.Remove("clusterIPs");
        }
        if (keepsPorts) return;
        spec.Remove("healthCheckNodePort");
        foreach (JsonObject port in Fields.Objects(spec, "ports")) port.Remove("nodePort");
    }

    private static void CleanJob(JsonObject job)
    {
        JsonObject spec = Fields.Made(job, "spec");
        foreach (string label in (ReadOnlySpan<string>)["controller-uid", "batch.kubernetes.io/controller-uid"])
        {
            Fields.Object(spec["selector"], "matchLabels").Remove(label);
            Fields.Object(spec["template"]?["metadata"], "labels").Remove(label);
        }
        if (Fields.Object(spec["selector"], "matchLabels").Count == 0) spec.Remove("selector");
    }

    private static void Prune(JsonObject holder, string field, Func<JsonNode?, bool> goes)
    {
        if (holder[field] is not JsonArray list) return;
        foreach (JsonNode? gone in list.Where(goes).ToArray()) list.Remove(gone);
    }
}
