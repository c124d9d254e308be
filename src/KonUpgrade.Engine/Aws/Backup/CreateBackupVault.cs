using System.Text.Json.Serialization;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>CreateBackupVault: PUT /backup-vaults/{backupVaultName}.</summary>
public sealed record CreateBackupVaultRequest
{
    /// <summary>The name: 2 to 50 letters, digits, hyphens and underscores.</summary>
    [JsonIgnore]
    public required string BackupVaultName { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyDictionary<string, string>? BackupVaultTags { get; init; }

    /// <summary>The key that what is in it is encrypted with; the service's own unless said.</summary>
    public string? EncryptionKeyArn { get; init; }

    /// <summary>What makes the call one and the same when it is sent again.</summary>
    public string CreatorRequestId { get; init; } = Guid.NewGuid().ToString();

    internal BackupCall Call() => new("CreateBackupVault", "create")
    {
        Method = "PUT",
        Path = "/backup-vaults/{backupVaultName}",
        PathValues = [("backupVaultName", BackupVaultName)],
        Body = this,
        Subject = $"the vault '{BackupVaultName}'",
        Target = BackupVaultName,
    };
}

/// <summary>What CreateBackupVault answers.</summary>
public sealed record CreateBackupVaultResponse
{
    /// <summary>The name.</summary>
    public string BackupVaultName { get; init; } = "";

    /// <summary>The ARN.</summary>
    public string? BackupVaultArn { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreationDate { get; init; }
}
