namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>DescribeBackupJob: GET /backup-jobs/{backupJobId}.</summary>
internal static class DescribeBackupJob
{
    public static BackupCall Call(string backupJobId) => new("DescribeBackupJob", "describe")
    {
        Method = "GET",
        Path = "/backup-jobs/{backupJobId}",
        PathValues = [("backupJobId", backupJobId)],
        Subject = $"the backup job {backupJobId}",
        Target = backupJobId,
        Thing = BackupThing.BackupJob,
    };
}
