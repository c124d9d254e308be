namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>DescribeBackupVault: GET /backup-vaults/{backupVaultName}.</summary>
internal static class DescribeBackupVault
{
    public static BackupCall Call(string backupVaultName) => new("DescribeBackupVault", "describe")
    {
        Method = "GET",
        Path = "/backup-vaults/{backupVaultName}",
        PathValues = [("backupVaultName", backupVaultName)],
        Subject = $"the vault '{backupVaultName}'",
        Target = backupVaultName,
        Thing = BackupThing.Vault,
    };
}
