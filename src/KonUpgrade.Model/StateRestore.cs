namespace KonUpgrade.Model;

/// <summary>A snapshot of a store outside the cluster that is brought back, as AWS Backup does it.</summary>
public sealed record StateRestore
{
    /// <summary>What is brought back.</summary>
    public required string RecoveryPointArn { get; init; }

    /// <summary>The ARN of what was backed up.</summary>
    public string? ResourceArn { get; init; }

    /// <summary>The type of what was backed up: <c>EFS</c>, <c>RDS</c>, <c>S3</c>.</summary>
    public string? ResourceType { get; init; }

    /// <summary>How it stands.</summary>
    public required StateRestoreStatus Status { get; init; }

    /// <summary>The service's own word for that; null where it was not asked.</summary>
    public string? State { get; init; }

    /// <summary>Why, in the service's words.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>The job that does it; null where none was begun.</summary>
    public string? RestoreJobId { get; init; }

    /// <summary>The role that the service assumes for it.</summary>
    public string? IamRoleArn { get; init; }

    /// <summary>The region.</summary>
    public string? Region { get; init; }

    /// <summary>How much is done, from 0 to 100; null where the service does not say.</summary>
    public double? PercentDone { get; init; }

    /// <summary>The size in bytes.</summary>
    public long? BackupSizeInBytes { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset? CreationDate { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletionDate { get; init; }

    /// <summary>The ARN of what was made, or written into; null while that is not known.</summary>
    public string? CreatedResourceArn { get; init; }

    /// <summary>Where the data is once it is done, in words.</summary>
    public string? Location { get; init; }

    /// <summary>Whether it is brought back into what it was taken of.</summary>
    public bool IsInPlace { get; init; }

    /// <summary>What the service was asked with, by its own keys.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it was found, and not begun by the command that gave it.</summary>
    public bool IsExisting { get; init; }

    /// <summary>What went wrong; null where nothing did, or it still goes on.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Whether all of it is there again.</summary>
    public bool Complete => Status == StateRestoreStatus.Completed;

    /// <inheritdoc/>
    public override string ToString() => $"{RecoveryPointArn}: {Status}";
}

/// <summary>How a restore stands.</summary>
public enum StateRestoreStatus
{
    /// <summary>The service says a word that is not known here, or could not be asked.</summary>
    Unknown,

    /// <summary>It was asked for.</summary>
    Pending,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It is done.</summary>
    Completed,

    /// <summary>It failed, or could not be begun.</summary>
    Failed,

    /// <summary>It was stopped.</summary>
    Aborted,
}
