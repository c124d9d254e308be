using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Backup.Jobs;
using KonUpgrade.Sandbox.Backup.Service;
using KonUpgrade.Sandbox.Backup.Vaults;
using KonUpgrade.Sandbox.Schemas;

namespace KonUpgrade.Sandbox.Backup.Operations;

/// <summary>What is done with backup jobs.</summary>
internal sealed class BackupJobOperations(BackupRegion region, VaultOperations vaults)
{
    private const long ShortestWindow = 60;
    private const long StartWindow = 8 * 60;
    private const long CompleteWindow = 7 * 24 * 60;

    // What the service can't stop.
    private static readonly string[] Unstoppable = ["Aurora", "DocumentDB", "FSx", "Neptune", "RDS"];

    public JsonObject Start(BackupRequest request)
    {
        string vaultName = request.Needed("BackupVaultName"), arn = request.Needed("ResourceArn"), role = request.Needed("IamRoleArn");
        string? token = request.Parameters.Text("IdempotencyToken");
        string asked = Json.Compact(request.Body);
        if (token is not null && region.Tokens.TryGetValue(("StartBackupJob", token), out (string Id, string Asked) before))
        {
            if (before.Asked != asked) throw BackupError.Invalid($"The idempotency token {token} was used before with other parameters");
            return Answer(region.Jobs.Find(job => job.Id == before.Id)!);
        }
        Vault vault = vaults.Find(vaultName);
        BackupResource resource = Resource(arn);
        CheckRole(role);
        long start = Window(request, "StartWindowMinutes", StartWindow);
        if (start < ShortestWindow) throw BackupError.Invalid($"StartWindowMinutes must be at least {ShortestWindow}");
        long complete = Window(request, "CompleteWindowMinutes", Math.Max(CompleteWindow, start + ShortestWindow));
        if (complete < start + ShortestWindow) throw BackupError.Invalid($"CompleteWindowMinutes must be at least {ShortestWindow} more than StartWindowMinutes");
        Parameters? lifecycle = request.Parameters.Structure("Lifecycle");
        long? delete = lifecycle?.Integer("DeleteAfterDays"), cold = lifecycle?.Integer("MoveToColdStorageAfterDays");
        if (cold is not null && delete is not null && delete < cold + 90) throw BackupError.Invalid("DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays");
        DateTimeOffset now = region.Now;
        BackupJob New(BackupResource what, BackupJob? parent) => new()
        {
            Id = region.NewId(),
            Resource = what,
            Vault = vault,
            RoleArn = role,
            CreatedAt = now,
            StartBy = now.AddMinutes(start),
            CompleteBy = now.AddMinutes(complete),
            Tags = request.Parameters.Map("RecoveryPointTags") ?? new(StringComparer.Ordinal),
            DeleteAfterDays = delete,
            ColdAfterDays = cold,
            Parent = parent,
            IsParent = what.Parts.Count > 0,
        };
        BackupJob job = New(resource, null);
        region.Jobs.Add(job);
        foreach (string part in resource.Parts)
        {
            BackupJob child = New(region.Find(part) ?? new BackupResource(part), job);
            job.Children.Add(child);
            region.Jobs.Add(child);
        }
        // Of these two the service knows at once what it will make.
        if (resource.Type is "EFS" or "DynamoDB") job.Point = region.NewPoint(job);
        if (token is not null) region.Tokens[("StartBackupJob", token)] = (job.Id, asked);
        return Answer(job);
    }

    public JsonObject Describe(BackupRequest request) => Find(request).ToJson(region.AccountId, described: true);

    public JsonObject? Stop(BackupRequest request)
    {
        BackupJob job = Find(request);
        if (Unstoppable.Contains(job.Resource.Type)) throw BackupError.Request($"Stopping backup jobs is not supported for {job.Resource.Type}");
        if (job.IsOver) throw BackupError.Request($"Backup job {job.Id} is {job.State} and cannot be stopped");
        BackupLife.Stop(job, region.Now);
        return null;
    }

    public JsonObject List(BackupRequest request)
    {
        string? arn = request.Asked("resourceArn"), state = request.Asked("state"), vault = request.Asked("backupVaultName"), type = request.Asked("resourceType"), parent = request.Asked("parentJobId");
        IEnumerable<BackupJob> jobs = Enumerable.Reverse(region.Jobs).Where(job => (arn is null || job.Resource.Arn == arn) && (state is null || job.State == state)
            && (vault is null || job.Vault.Name == vault) && (type is null || job.Resource.Type == type) && (parent is null || job.Parent?.Id == parent)
            && job.CreatedAt > region.Now.AddDays(-30));
        return BackupPages.Of(request, region.Settings.MostInAPage, "BackupJobs", [.. jobs.Select(job => (job.Id, job.ToJson(region.AccountId, described: false)))]);
    }

    private static JsonObject Answer(BackupJob job) => new()
    {
        ["BackupJobId"] = job.Id,
        ["RecoveryPointArn"] = job.Resource.Type is "EFS" or "DynamoDB" ? job.Point?.Arn : null,
        ["CreationDate"] = Wire.Time(job.CreatedAt),
        ["IsParent"] = job.IsParent,
    };

    private BackupJob Find(BackupRequest request)
    {
        string id = request.Named("backupJobId");
        return region.Jobs.Find(job => job.Id == id) ?? throw BackupError.NotFound($"Backup job {id} was not found");
    }

    private BackupResource Resource(string arn)
    {
        if (new BackupResource(arn).Type is not { } type) throw BackupError.Invalid($"Invalid ARN or unsupported resource type: {arn}");
        string[] parts = arn.Split(':', 6);
        if (parts[3].Length > 0 && parts[3] != region.Region) throw BackupError.Invalid($"The resource {arn} is not in the region {region.Region}");
        if (parts[4].Length > 0 && parts[4] != region.AccountId) throw BackupError.Invalid($"The resource {arn} does not belong to the account {region.AccountId}");
        if (!region.OptIn[type]) throw BackupError.Request($"Resource type {type} is not opted in for this region");
        return region.Find(arn) ?? throw BackupError.NotFound($"The resource {arn} does not exist");
    }

    private void CheckRole(string arn)
    {
        string[] parts = arn.Split(':', 6);
        if (parts is not ["arn", "aws", "iam", "", _, _] || !parts[5].StartsWith("role/", StringComparison.Ordinal)) throw BackupError.Invalid($"Invalid IAM role ARN: {arn}");
        if (!region.MayAssume(arn)) throw BackupError.Invalid($"IAM Role {arn} cannot be assumed by AWS Backup");
    }

    private static long Window(BackupRequest request, string name, long usual) => request.Parameters.Integer(name) ?? usual;
}
