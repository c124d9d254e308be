namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>A vault, as DescribeBackupVault and ListBackupVaults tell it.</summary>
public sealed record BackupVault
{
    /// <summary>The name, unique in region and account.</summary>
    public string BackupVaultName { get; init; } = "";

    /// <summary>The ARN.</summary>
    public string? BackupVaultArn { get; init; }

    /// <summary>The type: see <see cref="Backup.VaultType"/>.</summary>
    public string? VaultType { get; init; }

    /// <summary>The state: see <see cref="Backup.VaultState"/>.</summary>
    public string? VaultState { get; init; }

    /// <summary>The key that what is in it is encrypted with.</summary>
    public string? EncryptionKeyArn { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreationDate { get; init; }

    /// <summary>How many recovery points it holds.</summary>
    public long? NumberOfRecoveryPoints { get; init; }

    /// <summary>Whether a lock keeps what is in it from being deleted or changed.</summary>
    public bool? Locked { get; init; }

    /// <summary>The fewest days for which the lock lets something be kept; a job that says less fails.</summary>
    public long? MinRetentionDays { get; init; }

    /// <summary>The most days for which the lock lets something be kept; a job that says more, or for ever, fails.</summary>
    public long? MaxRetentionDays { get; init; }

    /// <summary>From when on nobody can take the lock away.</summary>
    public DateTimeOffset? LockDate { get; init; }
}

/// <summary>States of a vault that are known.</summary>
public static class VaultState
{
    /// <summary>It is being made.</summary>
    public const string Creating = "CREATING";

    /// <summary>It can be used.</summary>
    public const string Available = "AVAILABLE";

    /// <summary>It could not be made.</summary>
    public const string Failed = "FAILED";
}

/// <summary>Types of a vault that are known.</summary>
public static class VaultType
{
    /// <summary>An ordinary vault, the only type that backup jobs go to.</summary>
    public const string BackupVault = "BACKUP_VAULT";

    /// <summary>A vault apart from the account, for copies.</summary>
    public const string LogicallyAirGapped = "LOGICALLY_AIR_GAPPED_BACKUP_VAULT";

    /// <summary>A vault to restore from, for an account that lost its own.</summary>
    public const string RestoreAccess = "RESTORE_ACCESS_BACKUP_VAULT";
}
