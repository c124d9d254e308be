using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;

namespace KonUpgrade.Sandbox.Backup.Vaults;

/// <summary>A vault, and what keeps things in it.</summary>
internal sealed class Vault
{
    public required string Name { get; init; }

    public required string Arn { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string KeyArn { get; init; }

    public string? CreatorRequestId { get; init; }

    public required SortedDictionary<string, string> Tags { get; init; }

    public bool IsLocked { get; set; }

    public long? MinRetentionDays { get; set; }

    public long? MaxRetentionDays { get; set; }

    public DateTimeOffset? LockDate { get; set; }

    public List<RecoveryPoint> Points { get; } = [];

    /// <summary>Why the lock does not let something be kept so long; null when it does.</summary>
    public string? Refuses(long? days)
    {
        if (!IsLocked) return null;
        if (MinRetentionDays is { } min && days < min) return $"Retention period is shorter than the minimum of {min} days that the vault lock of {Name} enforces";
        return MaxRetentionDays is { } max && (days is null || days > max) ? $"Retention period is longer than the maximum of {max} days that the vault lock of {Name} enforces" : null;
    }

    public JsonObject ToJson() => new()
    {
        ["BackupVaultName"] = Name,
        ["BackupVaultArn"] = Arn,
        ["VaultType"] = "BACKUP_VAULT",
        ["VaultState"] = "AVAILABLE",
        ["EncryptionKeyArn"] = KeyArn,
        ["CreationDate"] = Wire.Time(CreatedAt),
        ["CreatorRequestId"] = CreatorRequestId,
        ["NumberOfRecoveryPoints"] = Points.Count,
        ["Locked"] = IsLocked,
        ["MinRetentionDays"] = MinRetentionDays,
        ["MaxRetentionDays"] = MaxRetentionDays,
        ["LockDate"] = LockDate is { } date ? Wire.Time(date) : null,
    };
}
