using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>ListRecoveryPointsByBackupVault: GET /backup-vaults/{backupVaultName}/recovery-points/.</summary>
internal static class ListRecoveryPointsByBackupVault
{
    public static BackupCall Call(string backupVaultName, string? byResourceArn, string? byParentRecoveryPointArn, string? nextToken) => new("ListRecoveryPointsByBackupVault", "list the recovery points of")
    {
        Method = "GET",
        Path = "/backup-vaults/{backupVaultName}/recovery-points/",
        PathValues = [("backupVaultName", backupVaultName)],
        Query = [("maxResults", "1000"), ("nextToken", nextToken), ("parentRecoveryPointArn", byParentRecoveryPointArn), ("resourceArn", byResourceArn)],
        Subject = $"the vault '{backupVaultName}'",
        Target = backupVaultName,
        Thing = BackupThing.Vault,
    };
}

internal sealed record ListRecoveryPointsByBackupVaultResponse : IRestJsonPage<RecoveryPoint>
{
    public IReadOnlyList<RecoveryPoint> RecoveryPoints { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<RecoveryPoint> IRestJsonPage<RecoveryPoint>.Items => RecoveryPoints;
}
