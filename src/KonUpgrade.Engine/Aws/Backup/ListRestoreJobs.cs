using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>ListRestoreJobs: GET /restore-jobs/.</summary>
internal static class ListRestoreJobs
{
    public static BackupCall Call(string? byStatus, string? byParentJobId, string? nextToken) => new("ListRestoreJobs", "list")
    {
        Method = "GET",
        Path = "/restore-jobs/",
        Query = [("maxResults", "1000"), ("nextToken", nextToken), ("parentJobId", byParentJobId), ("status", byStatus)],
        Subject = "the restore jobs",
        Target = byParentJobId ?? "AWS Backup",
    };
}

internal sealed record ListRestoreJobsResponse : IRestJsonPage<RestoreJob>
{
    public IReadOnlyList<RestoreJob> RestoreJobs { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<RestoreJob> IRestJsonPage<RestoreJob>.Items => RestoreJobs;
}
