namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>DescribeRestoreJob: GET /restore-jobs/{restoreJobId}.</summary>
internal static class DescribeRestoreJob
{
    public static BackupCall Call(string restoreJobId) => new("DescribeRestoreJob", "describe")
    {
        Method = "GET",
        Path = "/restore-jobs/{restoreJobId}",
        PathValues = [("restoreJobId", restoreJobId)],
        Subject = $"the restore job {restoreJobId}",
        Target = restoreJobId,
        Thing = BackupThing.RestoreJob,
    };
}
