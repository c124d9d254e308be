using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;

namespace KonUpgrade.Sandbox.Backup.Vaults;

/// <summary>What a job made.</summary>
internal sealed class RecoveryPoint
{
    public required string Arn { get; init; }

    public required Vault Vault { get; init; }

    public required BackupResource Resource { get; init; }

    public required string RoleArn { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required SortedDictionary<string, string> Tags { get; init; }

    public string? ParentArn { get; init; }

    public bool IsParent { get; init; }

    public long? DeleteAfterDays { get; init; }

    public long? ColdAfterDays { get; init; }

    public string Status { get; set; } = "CREATING";

    public string? Message { get; set; }

    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>Kept by the service itself, and not as a snapshot of another one.</summary>
    public bool IsOwn => Arn.StartsWith("arn:aws:backup:", StringComparison.Ordinal);

    public DateTimeOffset? DeleteAt => DeleteAfterDays is { } days ? CreatedAt.AddDays(days) : null;

    public JsonObject ToJson() => new()
    {
        ["RecoveryPointArn"] = Arn,
        ["BackupVaultName"] = Vault.Name,
        ["BackupVaultArn"] = Vault.Arn,
        ["ResourceArn"] = Resource.Arn,
        ["ResourceType"] = Resource.Type,
        ["ResourceName"] = Resource.Name,
        ["CreatedBy"] = null,
        ["IamRoleArn"] = RoleArn,
        ["Status"] = Status,
        ["StatusMessage"] = Message,
        ["CreationDate"] = Wire.Time(CreatedAt),
        ["CompletionDate"] = CompletedAt is { } at ? Wire.Time(at) : null,
        ["BackupSizeInBytes"] = CompletedAt is null ? 0 : Resource.Bytes,
        ["Lifecycle"] = DeleteAfterDays is null && ColdAfterDays is null ? null : new JsonObject { ["DeleteAfterDays"] = DeleteAfterDays, ["MoveToColdStorageAfterDays"] = ColdAfterDays },
        ["CalculatedLifecycle"] = DeleteAt is { } end ? new JsonObject { ["DeleteAt"] = Wire.Time(end) } : null,
        ["EncryptionKeyArn"] = Vault.KeyArn,
        ["IsEncrypted"] = true,
        ["StorageClass"] = "WARM",
        ["ParentRecoveryPointArn"] = ParentArn,
        ["IsParent"] = IsParent,
        ["VaultType"] = "BACKUP_VAULT",
    };

    /// <summary>As the lists of a resource's have it.</summary>
    public JsonObject ToResourceJson() => new()
    {
        ["RecoveryPointArn"] = Arn,
        ["CreationDate"] = Wire.Time(CreatedAt),
        ["Status"] = Status,
        ["StatusMessage"] = Message,
        ["EncryptionKeyArn"] = Vault.KeyArn,
        ["BackupSizeBytes"] = CompletedAt is null ? 0 : Resource.Bytes,
        ["BackupVaultName"] = Vault.Name,
        ["IsParent"] = IsParent,
        ["ParentRecoveryPointArn"] = ParentArn,
        ["ResourceName"] = Resource.Name,
    };
}
