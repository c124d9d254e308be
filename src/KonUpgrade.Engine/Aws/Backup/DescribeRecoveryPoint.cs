namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>DescribeRecoveryPoint: GET /backup-vaults/{backupVaultName}/recovery-points/{recoveryPointArn}.</summary>
internal static class DescribeRecoveryPoint
{
    public static BackupCall Call(string backupVaultName, string recoveryPointArn) => new("DescribeRecoveryPoint", "describe")
    {
        Method = "GET",
        Path = "/backup-vaults/{backupVaultName}/recovery-points/{recoveryPointArn}",
        PathValues = [("backupVaultName", backupVaultName), ("recoveryPointArn", recoveryPointArn)],
        Subject = $"the recovery point '{recoveryPointArn}' in the vault '{backupVaultName}'",
        Target = recoveryPointArn,
        Thing = BackupThing.RecoveryPoint,
    };
}
