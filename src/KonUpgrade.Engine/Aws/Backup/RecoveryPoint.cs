namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>What a backup job made, as DescribeRecoveryPoint and ListRecoveryPointsByBackupVault tell it.</summary>
public sealed record RecoveryPoint
{
    /// <summary>The ARN.</summary>
    public string RecoveryPointArn { get; init; } = "";

    /// <summary>The name of the vault that it is in.</summary>
    public string? BackupVaultName { get; init; }

    /// <summary>The ARN of the vault.</summary>
    public string? BackupVaultArn { get; init; }

    /// <summary>The ARN of what was backed up.</summary>
    public string? ResourceArn { get; init; }

    /// <summary>The type of what was backed up.</summary>
    public string? ResourceType { get; init; }

    /// <summary>The name of what was backed up.</summary>
    public string? ResourceName { get; init; }

    /// <summary>The plan that began it; absent where a person or program did.</summary>
    public RecoveryPointCreator? CreatedBy { get; init; }

    /// <summary>The role that it was made with.</summary>
    public string? IamRoleArn { get; init; }

    /// <summary>The status: see <see cref="RecoveryPointStatus"/>.</summary>
    public string? Status { get; init; }

    /// <summary>Why, in the service's words.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>When its job was asked for.</summary>
    public DateTimeOffset? CreationDate { get; init; }

    /// <summary>When it was complete.</summary>
    public DateTimeOffset? CompletionDate { get; init; }

    /// <summary>The size in bytes.</summary>
    public long? BackupSizeInBytes { get; init; }

    /// <summary>How long it is kept.</summary>
    public Lifecycle? Lifecycle { get; init; }

    /// <summary>When it goes to cold storage, and when it is deleted.</summary>
    public CalculatedLifecycle? CalculatedLifecycle { get; init; }

    /// <summary>The key that it is encrypted with.</summary>
    public string? EncryptionKeyArn { get; init; }

    /// <summary>Whether it is encrypted.</summary>
    public bool? IsEncrypted { get; init; }

    /// <summary>The recovery point that it is a part of.</summary>
    public string? ParentRecoveryPointArn { get; init; }

    /// <summary>What tells it from the other parts.</summary>
    public string? CompositeMemberIdentifier { get; init; }

    /// <summary>Whether it has parts.</summary>
    public bool? IsParent { get; init; }
}

/// <summary>A recovery point, as ListRecoveryPointsByResource tells it.</summary>
public sealed record RecoveryPointByResource
{
    /// <summary>The ARN.</summary>
    public string RecoveryPointArn { get; init; } = "";

    /// <summary>When its job was asked for.</summary>
    public DateTimeOffset? CreationDate { get; init; }

    /// <summary>The status: see <see cref="RecoveryPointStatus"/>.</summary>
    public string? Status { get; init; }

    /// <summary>Why, in the service's words.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>The size in bytes.</summary>
    public long? BackupSizeBytes { get; init; }

    /// <summary>The name of the vault that it is in.</summary>
    public string? BackupVaultName { get; init; }

    /// <summary>Whether it has parts.</summary>
    public bool? IsParent { get; init; }

    /// <summary>The recovery point that it is a part of.</summary>
    public string? ParentRecoveryPointArn { get; init; }
}

/// <summary>When things happen to a recovery point.</summary>
public sealed record CalculatedLifecycle
{
    /// <summary>When it goes to cold storage.</summary>
    public DateTimeOffset? MoveToColdStorageAt { get; init; }

    /// <summary>When it is deleted.</summary>
    public DateTimeOffset? DeleteAt { get; init; }
}

/// <summary>Statuses of a recovery point that are known.</summary>
public static class RecoveryPointStatus
{
    /// <summary>It is being made.</summary>
    public const string Creating = "CREATING";

    /// <summary>It can be restored.</summary>
    public const string Completed = "COMPLETED";

    /// <summary>Some of its parts are missing.</summary>
    public const string Partial = "PARTIAL";

    /// <summary>It goes on being made (continuous), and can be restored.</summary>
    public const string Available = "AVAILABLE";

    /// <summary>It was continuous, and is so no more; it can be restored.</summary>
    public const string Stopped = "STOPPED";

    /// <summary>Its time is over, and the service could not delete it.</summary>
    public const string Expired = "EXPIRED";

    /// <summary>It is being deleted.</summary>
    public const string Deleting = "DELETING";
}
