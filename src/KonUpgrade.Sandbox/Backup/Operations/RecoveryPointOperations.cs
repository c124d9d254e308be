using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Backup.Jobs;
using KonUpgrade.Sandbox.Backup.Service;
using KonUpgrade.Sandbox.Backup.Vaults;

namespace KonUpgrade.Sandbox.Backup.Operations;

/// <summary>What is done with what jobs made.</summary>
internal sealed class RecoveryPointOperations(BackupRegion region, VaultOperations vaults)
{
    private IEnumerable<RecoveryPoint> All => region.Vaults.Values.SelectMany(vault => vault.Points).OrderByDescending(point => point.CreatedAt);

    public JsonObject ListByVault(BackupRequest request)
    {
        Vault vault = vaults.Find(request.Named("backupVaultName"));
        string? resource = request.Asked("resourceArn"), parent = request.Asked("parentRecoveryPointArn"), type = request.Asked("resourceType");
        return Page(request, All.Where(point => point.Vault == vault && (resource is null || point.Resource.Arn == resource) && (parent is null || point.ParentArn == parent) && (type is null || point.Resource.Type == type)), point => point.ToJson());
    }

    public JsonObject ListByResource(BackupRequest request)
    {
        string resource = request.Named("resourceArn");
        return Page(request, All.Where(point => point.Resource.Arn == resource), point => point.ToResourceJson());
    }

    public RecoveryPoint Find(BackupRequest request)
    {
        string arn = request.Named("recoveryPointArn");
        return vaults.Find(request.Named("backupVaultName")).Points.Find(point => point.Arn == arn) ?? throw BackupError.NotFound($"Recovery point {arn} was not found");
    }

    public JsonObject? Delete(BackupRequest request)
    {
        RecoveryPoint point = Find(request);
        if (point.Vault.IsLocked) throw BackupError.Request("The recovery point cannot be deleted: its backup vault is locked.");
        if (point.Status == "CREATING") throw new BackupError("InvalidResourceStateException", "The recovery point is being created.");
        point.Vault.Points.Remove(point);
        return null;
    }

    public JsonObject Metadata(BackupRequest request)
    {
        RecoveryPoint point = Find(request);
        return new JsonObject
        {
            ["BackupVaultArn"] = point.Vault.Arn,
            ["RecoveryPointArn"] = point.Arn,
            ["RestoreMetadata"] = Wire.Map(RestoreRules.Metadata(point)),
            ["ResourceType"] = point.Resource.Type,
        };
    }

    public JsonObject Protected(BackupRequest request)
    {
        IEnumerable<RecoveryPoint> last = All.Where(point => point.CompletedAt is not null).DistinctBy(point => point.Resource.Arn);
        return BackupPages.Of(request, region.Settings.MostInAPage, "Results", [.. last.Select(point => (point.Resource.Arn, new JsonObject
        {
            ["ResourceArn"] = point.Resource.Arn,
            ["ResourceType"] = point.Resource.Type,
            ["ResourceName"] = point.Resource.Name,
            ["LastBackupTime"] = Wire.Time(point.CompletedAt!.Value),
            ["LastBackupVaultArn"] = point.Vault.Arn,
            ["LastRecoveryPointArn"] = point.Arn,
        }))]);
    }

    public JsonObject Tags(BackupRequest request)
    {
        string arn = request.Named("resourceArn");
        SortedDictionary<string, string>? tags = region.Vaults.Values.FirstOrDefault(vault => vault.Arn == arn)?.Tags ?? All.FirstOrDefault(point => point.Arn == arn && point.IsOwn)?.Tags;
        if (tags is null && !arn.StartsWith("arn:aws:backup:", StringComparison.Ordinal)) throw BackupError.Invalid($"Tags are not supported for this resource: {arn}");
        return new JsonObject { ["Tags"] = Wire.Map(tags ?? throw BackupError.NotFound($"{arn} was not found")) };
    }

    private JsonObject Page(BackupRequest request, IEnumerable<RecoveryPoint> points, Func<RecoveryPoint, JsonObject> tell)
        => BackupPages.Of(request, region.Settings.MostInAPage, "RecoveryPoints", [.. points.Select(point => (point.Arn, tell(point)))]);
}
