using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>Which backup jobs are listed; all of the last 30 days unless said.</summary>
public sealed record BackupJobFilter
{
    /// <summary>Those of this resource.</summary>
    public string? ByResourceArn { get; init; }

    /// <summary>Those in this state.</summary>
    public string? ByState { get; init; }

    /// <summary>Those to this vault.</summary>
    public string? ByBackupVaultName { get; init; }

    /// <summary>Those of resources of this type.</summary>
    public string? ByResourceType { get; init; }

    /// <summary>The parts of this job.</summary>
    public string? ByParentJobId { get; init; }
}

/// <summary>ListBackupJobs: GET /backup-jobs/.</summary>
internal static class ListBackupJobs
{
    public static BackupCall Call(BackupJobFilter filter, string? nextToken) => new("ListBackupJobs", "list")
    {
        Method = "GET",
        Path = "/backup-jobs/",
        Query =
        [
            ("backupVaultName", filter.ByBackupVaultName), ("maxResults", "1000"), ("nextToken", nextToken), ("parentJobId", filter.ByParentJobId),
            ("resourceArn", filter.ByResourceArn), ("resourceType", filter.ByResourceType), ("state", filter.ByState),
        ],
        Subject = filter switch
        {
            { ByParentJobId: { } parent } => $"the parts of the backup job {parent}",
            { ByResourceArn: { } arn } => $"the backup jobs of '{arn}'",
            _ => "the backup jobs",
        },
        Target = filter.ByParentJobId ?? filter.ByResourceArn ?? "AWS Backup",
    };
}

internal sealed record ListBackupJobsResponse : IRestJsonPage<BackupJob>
{
    public IReadOnlyList<BackupJob> BackupJobs { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<BackupJob> IRestJsonPage<BackupJob>.Items => BackupJobs;
}
