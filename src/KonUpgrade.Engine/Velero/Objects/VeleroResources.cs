using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Velero.Objects;

/// <summary>The kinds of Velero's API. None of them has a subresource for its status: it is an ordinary field.</summary>
internal static class VeleroResources
{
    /// <summary>Their group.</summary>
    public const string Group = "velero.io";

    public static ApiResource Backups { get; } = Of("Backup", "backups");

    public static ApiResource Restores { get; } = Of("Restore", "restores");

    public static ApiResource StorageLocations { get; } = Of("BackupStorageLocation", "backupstoragelocations");

    public static ApiResource DownloadRequests { get; } = Of("DownloadRequest", "downloadrequests");

    public static ApiResource ServerStatusRequests { get; } = Of("ServerStatusRequest", "serverstatusrequests");

    private static ApiResource Of(string kind, string plural) =>
        new() { Group = Group, Version = "v1", Kind = kind, Plural = plural, Singular = plural[..^1], Namespaced = true };
}
