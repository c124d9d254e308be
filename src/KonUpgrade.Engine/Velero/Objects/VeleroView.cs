using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero.Objects;

/// <summary>Where objects were read.</summary>
/// <param name="Context">The cluster's context.</param>
/// <param name="ClusterUid">Its identity; null where that is not known.</param>
internal sealed record VeleroPlace(string Context, string? ClusterUid);

/// <summary>Backups and Restores as records.</summary>
internal static class VeleroView
{
    /// <summary>A Backup.</summary>
    public static VeleroBackup Backup(KubernetesObject o, VeleroPlace place)
    {
        var (spec, status) = (o.Root.Member("spec"u8), o.Root.Member("status"u8));
        return new VeleroBackup
        {
            Name = o.Name,
            VeleroNamespace = o.Namespace ?? "",
            Context = place.Context,
            ClusterUid = place.ClusterUid,
            Uid = o.Uid,
            Phase = Phase(status),
            FailureReason = status.Text("failureReason"),
            ValidationErrors = [.. status.Texts("validationErrors")],
            Warnings = Number(status, "warnings"),
            Errors = Number(status, "errors"),
            TotalItems = Known(status.Member("progress"u8), "totalItems"),
            ItemsDone = Done(status.Member("progress"u8), "itemsBackedUp"),
            ItemOperations = Counted(status, "backupItemOperations"),
            Hooks = HooksOf(status),
            CreationTimestamp = o.Metadata.Time("creationTimestamp"),
            StartTimestamp = status.Time("startTimestamp"),
            CompletionTimestamp = status.Time("completionTimestamp"),
            StorageLocation = spec.Text("storageLocation") ?? o.Label(VeleroKeys.StorageLocation),
            ScheduleName = o.Label(VeleroKeys.ScheduleName),
            IncludedNamespaces = [.. spec.Texts("includedNamespaces").Where(name => name != "*")],
            ExcludedNamespaces = [.. spec.Texts("excludedNamespaces")],
            IncludedResources = [.. spec.Texts("includedResources").Where(name => name != "*")],
            QueuePosition = Known(status, "queuePosition") is > 0 and var position ? position : null,
            VolumeSnapshots = Snapshots(status, "volumeSnapshots"),
            CsiVolumeSnapshots = Snapshots(status, "csiVolumeSnapshots"),
            Expiration = status.Time("expiration"),
            SourceVersion = o.Annotation(VeleroKeys.SourceGitVersion),
            SourceClusterUid = o.Annotation(VeleroKeys.SourceCluster),
            VeleroVersion = o.Annotation(VeleroKeys.VeleroVersion),
            RequestKey = o.Label(VeleroKeys.Request),
            IsExisting = true,
        };
    }

    /// <summary>A Restore.</summary>
    public static VeleroRestore Restore(KubernetesObject o, VeleroPlace place)
    {
        var (spec, status) = (o.Root.Member("spec"u8), o.Root.Member("status"u8));
        return new VeleroRestore
        {
            Name = o.Name,
            VeleroNamespace = o.Namespace ?? "",
            Context = place.Context,
            ClusterUid = place.ClusterUid,
            Uid = o.Uid,
            Phase = Phase(status),
            FailureReason = status.Text("failureReason"),
            ValidationErrors = [.. status.Texts("validationErrors")],
            Warnings = Number(status, "warnings"),
            Errors = Number(status, "errors"),
            TotalItems = Known(status.Member("progress"u8), "totalItems"),
            ItemsDone = Done(status.Member("progress"u8), "itemsRestored"),
            ItemOperations = Counted(status, "restoreItemOperations"),
            Hooks = HooksOf(status),
            CreationTimestamp = o.Metadata.Time("creationTimestamp"),
            StartTimestamp = status.Time("startTimestamp"),
            CompletionTimestamp = status.Time("completionTimestamp"),
            BackupName = Filled(spec.Text("backupName")),
            ScheduleName = Filled(spec.Text("scheduleName")),
            IncludedNamespaces = [.. spec.Texts("includedNamespaces").Where(name => name != "*")],
            IncludedResources = [.. spec.Texts("includedResources").Where(name => name != "*")],
            ExcludedResources = [.. spec.Texts("excludedResources")],
            NamespaceMapping = Table(spec.Member("namespaceMapping"u8)),
            ExistingResourcePolicy = Filled(spec.Text("existingResourcePolicy")),
            RequestKey = o.Label(VeleroKeys.Request),
            IsExisting = true,
        };
    }

    // One that the server has not looked at yet has no phase.
    private static string Phase(JsonPart status) => Filled(status.Text("phase")) ?? "New";

    private static string? Filled(string? text) => text is { Length: > 0 } ? text : null;

    private static int? Known(JsonPart part, string name) => part.Member(name) is { ValueKind: JsonValueKind.Number } member && member.TryGetInt32(out var number) ? number : null;

    // The server leaves numbers out that are zero.
    private static int Number(JsonPart part, string name) => Known(part, name) ?? 0;

    private static int? Done(JsonPart progress, string name) => Known(progress, name) ?? (Known(progress, "totalItems") is null ? null : 0);

    private static VeleroCount Counted(JsonPart status, string what) =>
        new() { Attempted = Number(status, what + "Attempted"), Completed = Number(status, what + "Completed"), Failed = Number(status, what + "Failed") };

    // Of snapshots the server does not count those that failed; once it has ended, they are what is missing.
    private static VeleroCount Snapshots(JsonPart status, string what)
    {
        var counted = Counted(status, what);
        return status.Time("completionTimestamp") is null ? counted : counted with { Failed = Math.Max(0, counted.Attempted - counted.Completed) };
    }

    private static VeleroCount HooksOf(JsonPart status)
    {
        var hooks = status.Member("hookStatus"u8);
        var (attempted, failed) = (Number(hooks, "hooksAttempted"), Number(hooks, "hooksFailed"));
        return new VeleroCount { Attempted = attempted, Failed = failed, Completed = Math.Max(0, attempted - failed) };
    }

    private static Dictionary<string, string> Table(JsonPart part)
    {
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        if (part.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in part.EnumerateObject())
                table[member.Name] = member.Value.Text() ?? "";
        }

        return table;
    }
}
