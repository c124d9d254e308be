namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>StopBackupJob: POST /backup-jobs/{backupJobId}. The service can't stop jobs of RDS, Aurora, DocumentDB, Neptune, FSx and SAP HANA.</summary>
internal static class StopBackupJob
{
    public static BackupCall Call(string backupJobId) => new("StopBackupJob", "stop")
    {
        Method = "POST",
        Path = "/backup-jobs/{backupJobId}",
        PathValues = [("backupJobId", backupJobId)],
        Subject = $"the backup job {backupJobId}",
        Target = backupJobId,
        Thing = BackupThing.BackupJob,
    };
}

/// <summary>The answer of an operation that has none.</summary>
internal sealed record EmptyResponse;
