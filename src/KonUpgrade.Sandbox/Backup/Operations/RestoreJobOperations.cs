using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Backup.Jobs;
using KonUpgrade.Sandbox.Backup.Service;
using KonUpgrade.Sandbox.Backup.Vaults;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Backup.Operations;

/// <summary>What is done with restore jobs.</summary>
internal sealed class RestoreJobOperations(BackupRegion region)
{
    public JsonObject Start(BackupRequest request)
    {
        string arn = request.Needed("RecoveryPointArn"), asked = Json.Compact(request.Body);
        string? token = request.Parameters.Text("IdempotencyToken");
        if (token is not null && region.Tokens.TryGetValue(("StartRestoreJob", token), out (string Id, string Asked) before))
        {
            if (before.Asked != asked) throw BackupError.Invalid($"The idempotency token {token} was used before with other parameters");
            return new JsonObject { ["RestoreJobId"] = before.Id };
        }
        RecoveryPoint point = region.Vaults.Values.SelectMany(vault => vault.Points).FirstOrDefault(each => each.Arn == arn) ?? throw BackupError.NotFound($"Recovery point {arn} was not found");
        if (point.Status is not ("COMPLETED" or "PARTIAL" or "AVAILABLE" or "STOPPED")) throw BackupError.Request($"Recovery point {arn} is {point.Status} and cannot be restored");
        SortedDictionary<string, string> metadata = request.Parameters.Map("Metadata") ?? throw BackupError.Missing("Metadata");
        if (RestoreRules.Missing(point, metadata) is { } missing) throw BackupError.Invalid($"Invalid restore metadata. Missing required key: {missing}");
        if (request.Parameters.Text("ResourceType") is { } type && type != point.Resource.Type) throw BackupError.Invalid($"Recovery point {arn} is of the type {point.Resource.Type}, and not of {type}");
        var job = new RestoreJob { Id = region.NewId(), Point = point, RoleArn = request.Parameters.Text("IamRoleArn"), CreatedAt = region.Now, Metadata = metadata };
        region.Restores.Add(job);
        if (token is not null) region.Tokens[("StartRestoreJob", token)] = (job.Id, asked);
        return new JsonObject { ["RestoreJobId"] = job.Id };
    }

    public JsonObject Describe(BackupRequest request)
    {
        string id = request.Named("restoreJobId");
        return (region.Restores.Find(job => job.Id == id) ?? throw BackupError.NotFound($"Restore job {id} was not found")).ToJson(region.AccountId);
    }

    public JsonObject List(BackupRequest request)
    {
        string? status = request.Asked("status"), type = request.Asked("resourceType");
        IEnumerable<RestoreJob> jobs = Enumerable.Reverse(region.Restores).Where(job => (status is null || job.Status == status) && (type is null || job.Point.Resource.Type == type) && request.Asked("parentJobId") is null);
        return BackupPages.Of(request, region.Settings.MostInAPage, "RestoreJobs", [.. jobs.Select(job => (job.Id, job.ToJson(region.AccountId)))]);
    }
}
