using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Backup.Service;

namespace KonUpgrade.Sandbox.Backup.Operations;

/// <summary>What the region answers. All of it runs under the region's gate.</summary>
internal static class BackupOperations
{
    public static Dictionary<string, Func<BackupRequest, JsonObject?>> Of(BackupRegion region)
    {
        var vaults = new VaultOperations(region);
        var points = new RecoveryPointOperations(region, vaults);
        var jobs = new BackupJobOperations(region, vaults);
        var restores = new RestoreJobOperations(region);
        return new(StringComparer.Ordinal)
        {
            ["StartBackupJob"] = jobs.Start,
            ["ListBackupJobs"] = jobs.List,
            ["DescribeBackupJob"] = jobs.Describe,
            ["StopBackupJob"] = jobs.Stop,
            ["CreateBackupVault"] = vaults.Create,
            ["ListBackupVaults"] = vaults.List,
            ["DescribeBackupVault"] = request => vaults.Find(request.Named("backupVaultName")).ToJson(),
            ["DeleteBackupVault"] = vaults.Delete,
            ["PutBackupVaultLockConfiguration"] = vaults.Lock,
            ["DeleteBackupVaultLockConfiguration"] = vaults.Unlock,
            ["ListRecoveryPointsByBackupVault"] = points.ListByVault,
            ["ListRecoveryPointsByResource"] = points.ListByResource,
            ["DescribeRecoveryPoint"] = request => points.Find(request).ToJson(),
            ["DeleteRecoveryPoint"] = points.Delete,
            ["GetRecoveryPointRestoreMetadata"] = points.Metadata,
            ["ListProtectedResources"] = points.Protected,
            ["ListTags"] = points.Tags,
            ["StartRestoreJob"] = restores.Start,
            ["ListRestoreJobs"] = restores.List,
            ["DescribeRestoreJob"] = restores.Describe,
            ["DescribeRegionSettings"] = _ => new JsonObject
            {
                ["ResourceTypeOptInPreference"] = new JsonObject(region.OptIn.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value)))),
                ["ResourceTypeManagementPreference"] = new JsonObject { ["DynamoDB"] = true, ["EFS"] = true },
            },
            ["UpdateRegionSettings"] = request =>
            {
                foreach ((string type, JsonNode? value) in request.Parameters.Object("ResourceTypeOptInPreference") ?? [])
                {
                    if (!region.OptIn.ContainsKey(type)) throw BackupError.Invalid($"Unknown resource type: {type}");
                    region.OptIn[type] = value is JsonValue flag && flag.TryGetValue(out bool on) && on;
                }
                return null;
            },
        };
    }
}
