using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Backup;

/// <summary>ListBackupVaults: GET /backup-vaults/.</summary>
internal static class ListBackupVaults
{
    public static BackupCall Call(string? nextToken) => new("ListBackupVaults", "list")
    {
        Method = "GET",
        Path = "/backup-vaults/",
        Query = [("maxResults", "1000"), ("nextToken", nextToken)],
        Subject = "the vaults",
        Target = "AWS Backup",
    };
}

internal sealed record ListBackupVaultsResponse : IRestJsonPage<BackupVault>
{
    public IReadOnlyList<BackupVault> BackupVaultList { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<BackupVault> IRestJsonPage<BackupVault>.Items => BackupVaultList;
}
