namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>GetRecoveryPointRestoreMetadata: GET /backup-vaults/{backupVaultName}/recovery-points/{recoveryPointArn}/restore-metadata.</summary>
internal static class GetRecoveryPointRestoreMetadata
{
    public static BackupCall Call(string backupVaultName, string recoveryPointArn) => new("GetRecoveryPointRestoreMetadata", "tell the restore metadata of")
    {
        Method = "GET",
        Path = "/backup-vaults/{backupVaultName}/recovery-points/{recoveryPointArn}/restore-metadata",
        PathValues = [("backupVaultName", backupVaultName), ("recoveryPointArn", recoveryPointArn)],
        Subject = $"the recovery point '{recoveryPointArn}' in the vault '{backupVaultName}'",
        Target = recoveryPointArn,
        Thing = BackupThing.RecoveryPoint,
    };
}

/// <summary>What GetRecoveryPointRestoreMetadata answers: how the resource was when it was backed up.</summary>
public sealed record RecoveryPointRestoreMetadata
{
    /// <summary>The ARN of the vault.</summary>
    public string? BackupVaultArn { get; init; }

    /// <summary>The ARN of the recovery point.</summary>
    public string? RecoveryPointArn { get; init; }

    /// <summary>What a restore begins with; lists and objects are JSON in texts.</summary>
    public IReadOnlyDictionary<string, string> RestoreMetadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The type of the resource.</summary>
    public string? ResourceType { get; init; }
}
