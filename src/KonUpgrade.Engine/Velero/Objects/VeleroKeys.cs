namespace KonUpgrade.Engine.Velero.Objects;

/// <summary>Labels and annotations of backups and restores: Velero's own, and ours.</summary>
internal static class VeleroKeys
{
    /// <summary>Ours, a label: the hash of what was asked for. The same request finds by it what it began before.</summary>
    public const string Request = "konupgrade.dev/request";

    /// <summary>Ours, an annotation that travels through the bucket: the cluster that a backup was taken of.</summary>
    public const string SourceCluster = "konupgrade.dev/source-cluster";

    /// <summary>Ours, an annotation that travels through the bucket: the version of the Velero that took a backup.</summary>
    public const string VeleroVersion = "konupgrade.dev/velero-version";

    public const string StorageLocation = "velero.io/storage-location";

    public const string ScheduleName = "velero.io/schedule-name";

    public const string SourceGitVersion = "velero.io/source-cluster-k8s-gitversion";
}
