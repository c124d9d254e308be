using System.Text.Json.Serialization;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>A restore job, as DescribeRestoreJob and ListRestoreJobs tell it. Unlike a backup job it has a status, and no state.</summary>
public sealed record RestoreJob
{
    /// <summary>The account.</summary>
    public string? AccountId { get; init; }

    /// <summary>The id.</summary>
    public string RestoreJobId { get; init; } = "";

    /// <summary>What it restores.</summary>
    public string? RecoveryPointArn { get; init; }

    /// <summary>The ARN of what was backed up.</summary>
    public string? SourceResourceArn { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset? CreationDate { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletionDate { get; init; }

    /// <summary>The status: see <see cref="RestoreJobStatus"/>.</summary>
    public string? Status { get; init; }

    /// <summary>Why, in the service's words.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>How much is done, as text: <c>0.00%</c>.</summary>
    public string? PercentDone { get; init; }

    /// <summary>The size in bytes.</summary>
    public long? BackupSizeInBytes { get; init; }

    /// <summary>The role that the service assumes for it.</summary>
    public string? IamRoleArn { get; init; }

    /// <summary>The ARN of what it made.</summary>
    public string? CreatedResourceArn { get; init; }

    /// <summary>The type of the resource.</summary>
    public string? ResourceType { get; init; }

    /// <summary>Whether it has parts.</summary>
    public bool? IsParent { get; init; }

    /// <summary>The job that this one is a part of.</summary>
    public string? ParentJobId { get; init; }

    /// <summary>How much is done, from 0 to 100; null where the service does not say.</summary>
    [JsonIgnore]
    public double? Percent => Percentage.Read(PercentDone);
}

/// <summary>Statuses of a restore job that are known.</summary>
public static class RestoreJobStatus
{
    /// <summary>It was asked for.</summary>
    public const string Pending = "PENDING";

    /// <summary>It runs.</summary>
    public const string Running = "RUNNING";

    /// <summary>It is done.</summary>
    public const string Completed = "COMPLETED";

    /// <summary>It was stopped.</summary>
    public const string Aborted = "ABORTED";

    /// <summary>It failed.</summary>
    public const string Failed = "FAILED";

    /// <summary>Whether a job of this status has ended. One that is not known goes on.</summary>
    public static bool IsTerminal(string? status) => status is Completed or Aborted or Failed;
}
