using System.Globalization;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>Backup jobs as snapshots.</summary>
internal static class SnapshotView
{
    /// <summary>A job as a snapshot.</summary>
    /// <param name="job">The job.</param>
    /// <param name="region">The region that was asked.</param>
    /// <param name="before">What is known of it already, which the service does not tell: its name and attempt.</param>
    public static StateSnapshot Of(BackupJob job, string region, StateSnapshot? before = null) => new()
    {
        Name = before?.Name,
        Attempt = before?.Attempt ?? 0,
        IsExisting = before?.IsExisting ?? true,
        ResourceArn = job.ResourceArn ?? before?.ResourceArn ?? "",
        ResourceType = job.ResourceType ?? before?.ResourceType,
        // What people call it beats what the service does; without either it is the end of its ARN, and never nothing.
        ResourceName = Filled(before?.ResourceName) ?? Filled(job.ResourceName) ?? Filled((job.ResourceArn ?? before?.ResourceArn ?? "").Split(':', '/')[^1]),
        Volumes = before?.Volumes ?? [],
        Status = Status(job),
        State = job.State,
        StatusMessage = job.StatusMessage,
        MessageCategory = job.MessageCategory,
        BackupJobId = job.BackupJobId,
        ParentJobId = job.ParentJobId,
        RecoveryPointArn = job.RecoveryPointArn ?? before?.RecoveryPointArn,
        BackupVaultName = job.BackupVaultName ?? before?.BackupVaultName,
        IamRoleArn = job.IamRoleArn ?? before?.IamRoleArn,
        Region = region,
        AccountId = job.AccountId ?? before?.AccountId,
        PercentDone = job.Percent,
        BytesTransferred = job.BytesTransferred,
        BackupSizeInBytes = job.BackupSizeInBytes,
        CreationDate = job.CreationDate ?? before?.CreationDate,
        CompletionDate = job.CompletionDate,
        StartBy = job.StartBy,
        DeleteAfterDays = job.RecoveryPointLifecycle?.DeleteAfterDays,
    };

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>How a job stands. A message beside COMPLETED says that something was left out, unless its category is SUCCESS.</summary>
    public static StateSnapshotStatus Status(BackupJob job) => job.State switch
    {
        BackupJobState.Created => StateSnapshotStatus.Created,
        BackupJobState.Pending => StateSnapshotStatus.Pending,
        BackupJobState.Running => StateSnapshotStatus.Running,
        BackupJobState.Aborting => StateSnapshotStatus.Aborting,
        BackupJobState.Aborted => StateSnapshotStatus.Aborted,
        BackupJobState.Failed => StateSnapshotStatus.Failed,
        BackupJobState.Expired => StateSnapshotStatus.Expired,
        BackupJobState.Partial => StateSnapshotStatus.Partial,
        BackupJobState.Completed => job.MessageCategory switch
        {
            null or "" => string.IsNullOrEmpty(job.StatusMessage) ? StateSnapshotStatus.Completed : StateSnapshotStatus.CompletedWithIssues,
            "SUCCESS" => StateSnapshotStatus.Completed,
            _ => StateSnapshotStatus.CompletedWithIssues,
        },
        _ => StateSnapshotStatus.Unknown,
    };

    /// <summary>Where a job stands, for progress: the service's word, percent and bytes as far as they are known.</summary>
    public static string Standing(string? state, double? percent, long? bytes) => string.Create(
        CultureInfo.InvariantCulture,
        $"{state}{(percent is { } done ? string.Create(CultureInfo.InvariantCulture, $", {done:0.#} %") : "")}{(bytes is { } moved ? string.Create(CultureInfo.InvariantCulture, $", {moved / (double)(1 << 20):0.#} MiB") : "")}");

    /// <summary>Whether it goes on. A word that is not known is no end.</summary>
    public static bool GoesOn(StateSnapshot snapshot) =>
        snapshot.Failure is null && snapshot.Status is StateSnapshotStatus.Created or StateSnapshotStatus.Pending or StateSnapshotStatus.Running or StateSnapshotStatus.Aborting or StateSnapshotStatus.Unknown;
}
