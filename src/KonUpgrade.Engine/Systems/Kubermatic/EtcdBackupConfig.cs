using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Systems.Kubermatic;

/// <summary>What an EtcdBackupConfig on a seed says of the backups of a user cluster's etcd.</summary>
/// <param name="Cluster">The name of the cluster.</param>
/// <param name="Backups">Those that are there, or are being made.</param>
internal sealed record EtcdBackupConfig(string Cluster, IReadOnlyList<EtcdBackup> Backups)
{
    private const string NamespacePrefix = "cluster-";

    /// <summary>Reads one.</summary>
    /// <returns>Null where it names no cluster, or is being deleted, which deletes its backups.</returns>
    public static EtcdBackupConfig? Read(KubernetesObject o)
    {
        var cluster = o.Root.Member("spec"u8).Member("cluster"u8).Text("name") is { Length: > 0 } name ? name
            : o.Namespace?.StartsWith(NamespacePrefix, StringComparison.Ordinal) == true ? o.Namespace[NamespacePrefix.Length..]
            : null;
        if (cluster is null || o.Metadata.TryGetProperty("deletionTimestamp"u8, out _))
            return null;
        // One with a deletePhase is gone, or going: there are more than are kept.
        var backups = o.Root.Member("status"u8).Objects("currentBackups").Where(static backup => backup.Text("deletePhase") is not { Length: > 0 });
        return new EtcdBackupConfig(
            cluster,
            [.. backups.Select(static backup => new EtcdBackup(
                backup.Text("backupPhase"),
                backup.Time("backupFinishedTime") ?? backup.Time("scheduledTime"),
                backup.Text("backupMessage") is { Length: > 0 } message ? message : null))]);
    }
}

/// <summary>A backup of an etcd.</summary>
/// <param name="Phase">How far it is: <c>Running</c>, <c>Completed</c>, <c>Failed</c>; null before it is begun.</param>
/// <param name="Time">When it came to its end; before that, for when it was ordered.</param>
/// <param name="Message">What went wrong, in Kubermatic's words.</param>
internal sealed record EtcdBackup(string? Phase, DateTimeOffset? Time, string? Message);
