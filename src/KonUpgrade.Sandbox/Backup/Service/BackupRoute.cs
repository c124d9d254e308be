namespace KonUpgrade.Sandbox.Backup.Service;

/// <summary>An operation of the service: its method and path, as in the service's model.</summary>
/// <param name="Operation">Its name.</param>
/// <param name="Method">GET, PUT, POST or DELETE.</param>
/// <param name="Path">Its path; names in braces stand for one part each.</param>
/// <param name="Verb">What it does, as faults name it: get, list, create, update or delete.</param>
/// <param name="Resource">What it does it to.</param>
/// <param name="IsModelled">The sandbox answers it.</param>
internal sealed record BackupRoute(string Operation, string Method, string Path, string Verb, string Resource, bool IsModelled = true)
{
    private static readonly BackupRoute[] All =
    [
        new("StartBackupJob", "PUT", "/backup-jobs", "create", "backup-jobs"),
        new("ListBackupJobs", "GET", "/backup-jobs/", "list", "backup-jobs"),
        new("DescribeBackupJob", "GET", "/backup-jobs/{backupJobId}", "get", "backup-jobs"),
        new("StopBackupJob", "POST", "/backup-jobs/{backupJobId}", "update", "backup-jobs"),
        new("CreateBackupVault", "PUT", "/backup-vaults/{backupVaultName}", "create", "backup-vaults"),
        new("ListBackupVaults", "GET", "/backup-vaults/", "list", "backup-vaults"),
        new("DescribeBackupVault", "GET", "/backup-vaults/{backupVaultName}", "get", "backup-vaults"),
        new("DeleteBackupVault", "DELETE", "/backup-vaults/{backupVaultName}", "delete", "backup-vaults"),
        new("PutBackupVaultLockConfiguration", "PUT", "/backup-vaults/{backupVaultName}/vault-lock", "update", "backup-vaults"),
        new("DeleteBackupVaultLockConfiguration", "DELETE", "/backup-vaults/{backupVaultName}/vault-lock", "update", "backup-vaults"),
        new("ListRecoveryPointsByBackupVault", "GET", "/backup-vaults/{backupVaultName}/recovery-points/", "list", "recovery-points"),
        new("DescribeRecoveryPoint", "GET", "/backup-vaults/{backupVaultName}/recovery-points/{recoveryPointArn}", "get", "recovery-points"),
        new("DeleteRecoveryPoint", "DELETE", "/backup-vaults/{backupVaultName}/recovery-points/{recoveryPointArn}", "delete", "recovery-points"),
        new("GetRecoveryPointRestoreMetadata", "GET", "/backup-vaults/{backupVaultName}/recovery-points/{recoveryPointArn}/restore-metadata", "get", "recovery-points"),
        new("ListRecoveryPointsByResource", "GET", "/resources/{resourceArn}/recovery-points/", "list", "recovery-points"),
        new("ListProtectedResources", "GET", "/resources/", "list", "resources"),
        new("DescribeProtectedResource", "GET", "/resources/{resourceArn}", "get", "resources", false),
        new("StartRestoreJob", "PUT", "/restore-jobs", "create", "restore-jobs"),
        new("ListRestoreJobs", "GET", "/restore-jobs/", "list", "restore-jobs"),
        new("DescribeRestoreJob", "GET", "/restore-jobs/{restoreJobId}", "get", "restore-jobs"),
        new("DescribeRegionSettings", "GET", "/account-settings", "get", "account-settings"),
        new("UpdateRegionSettings", "PUT", "/account-settings", "update", "account-settings"),
        new("ListTags", "GET", "/tags/{resourceArn}/", "list", "tags"),
        new("GetSupportedResourceTypes", "GET", "/supported-resource-types", "list", "supported-resource-types", false),
        new("StartCopyJob", "PUT", "/copy-jobs", "create", "copy-jobs", false),
        new("ListBackupPlans", "GET", "/backup/plans/", "list", "plans", false),
        new("CreateBackupPlan", "PUT", "/backup/plans/", "create", "plans", false),
    ];

    /// <summary>The operation that a request calls.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">The path as it was sent: an ARN in it keeps its slashes encoded.</param>
    public static (BackupRoute Route, IReadOnlyDictionary<string, string> Names)? Find(string method, string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (BackupRoute route in All.Where(route => route.Method == method))
        {
            string[] pattern = route.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (pattern.Length != parts.Length) continue;
            var names = new Dictionary<string, string>(StringComparer.Ordinal);
            bool fits = true;
            for (int i = 0; i < parts.Length && fits; i++)
            {
                if (pattern[i].StartsWith('{')) names[pattern[i][1..^1]] = Uri.UnescapeDataString(parts[i]);
                else fits = pattern[i] == parts[i];
            }
            if (fits) return (route, names);
        }
        return null;
    }
}
