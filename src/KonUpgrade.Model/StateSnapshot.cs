namespace KonUpgrade.Model;

/// <summary>A backup of a store outside the cluster (a bucket, a database, a file system, a volume), as AWS Backup makes it.</summary>
public sealed record StateSnapshot
{
    /// <summary>The name that it was made under, together with those of other resources; null where that can't be found out.</summary>
    public string? Name { get; init; }

    /// <summary>The ARN of what is backed up.</summary>
    public required string ResourceArn { get; init; }

    /// <summary>The type of what is backed up: <c>EFS</c>, <c>RDS</c>, <c>S3</c>.</summary>
    public string? ResourceType { get; init; }

    /// <summary>What it is called: by its tag Name, the claim that it serves, or the end of its ARN.</summary>
    public string? ResourceName { get; init; }

    /// <summary>How it stands.</summary>
    public required StateSnapshotStatus Status { get; init; }

    /// <summary>The service's own word for that: <c>RUNNING</c>; null where it was not asked.</summary>
    public string? State { get; init; }

    /// <summary>Why, in the service's words.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>What kind of message that is: <c>SUCCESS</c>, <c>AccessDenied</c>.</summary>
    public string? MessageCategory { get; init; }

    /// <summary>The job that makes it; null where none was begun.</summary>
    public string? BackupJobId { get; init; }

    /// <summary>The job that this one is a part of, or null.</summary>
    public string? ParentJobId { get; init; }

    /// <summary>The ARN of what was made; null while it is not there.</summary>
    public string? RecoveryPointArn { get; init; }

    /// <summary>The vault that it is kept in.</summary>
    public string? BackupVaultName { get; init; }

    /// <summary>The role that the service assumes for it.</summary>
    public string? IamRoleArn { get; init; }

    /// <summary>The region.</summary>
    public string? Region { get; init; }

    /// <summary>The account.</summary>
    public string? AccountId { get; init; }

    /// <summary>How much is done, from 0 to 100; null where the service does not say.</summary>
    public double? PercentDone { get; init; }

    /// <summary>How many bytes were transferred.</summary>
    public long? BytesTransferred { get; init; }

    /// <summary>The size in bytes.</summary>
    public long? BackupSizeInBytes { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset? CreationDate { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletionDate { get; init; }

    /// <summary>When it must have begun, or expires.</summary>
    public DateTimeOffset? StartBy { get; init; }

    /// <summary>After how many days it is deleted; null for never.</summary>
    public long? DeleteAfterDays { get; init; }

    /// <summary>The how manieth try under its name it is; 0 where that is not known.</summary>
    public int Attempt { get; init; }

    /// <summary>Whether it was found, and not begun by the command that gave it.</summary>
    public bool IsExisting { get; init; }

    /// <summary>The parts of a composite one, however deep, in one list.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<StateSnapshot> Parts { get; init => field = value.ToArray(); } = Array.Empty<StateSnapshot>();

    /// <summary>The volumes of the cluster that it serves, where it was found from one by the command that gave it.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<StateVolume> Volumes { get; init => field = value.ToArray(); } = Array.Empty<StateVolume>();

    /// <summary>What went wrong; null where nothing did, or it still goes on.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Whether all of it is backed up.</summary>
    public bool Complete => Status == StateSnapshotStatus.Completed;

    /// <inheritdoc/>
    public override string ToString() => $"{ResourceArn}: {Status}";
}

/// <summary>How a snapshot stands.</summary>
public enum StateSnapshotStatus
{
    /// <summary>The service says a word that is not known here, or could not be asked.</summary>
    Unknown,

    /// <summary>It was asked for, and waits to begin.</summary>
    Created,

    /// <summary>It is about to run.</summary>
    Pending,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>Somebody stopped it, and it ends.</summary>
    Aborting,

    /// <summary>It is done, wholly.</summary>
    Completed,

    /// <summary>It is done, and the service says that something of it was left out.</summary>
    CompletedWithIssues,

    /// <summary>Some of its parts failed.</summary>
    Partial,

    /// <summary>It failed, or could not be begun.</summary>
    Failed,

    /// <summary>Somebody stopped it.</summary>
    Aborted,

    /// <summary>It did not begin, or did not end, in its window.</summary>
    Expired,
}
