using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Tests.Eks;

namespace KonUpgrade.Sandbox.Tests.Backup;

/// <summary>The sandbox's AWS Backup is judged by a client that no one here wrote. Skipped where the aws program is not on the PATH.</summary>
public sealed class BackupAwsProgramTests : BackupPlay
{
    [Fact]
    public async Task A_resource_is_backed_up_found_and_restored()
    {
        Assert.EndsWith(":backup-vault:before-green", await RunAsync("create-backup-vault", "--backup-vault-name", "before-green", "--query", "BackupVaultArn", "--output", "text"), StringComparison.Ordinal);
        JsonNode begun = JsonNode.Parse(await RunAsync("start-backup-job", "--backup-vault-name", "before-green", "--resource-arn", Files, "--iam-role-arn", Backup.RoleArn,
            "--idempotency-token", "1", "--lifecycle", "DeleteAfterDays=14", "--recovery-point-tags", "run=1", "--start-window-minutes", "60"))!;
        string id = (string)begun["BackupJobId"]!;
        Advance(15);
        JsonNode job = JsonNode.Parse(await RunAsync("describe-backup-job", "--backup-job-id", id))!;
        Assert.Equal(("RUNNING", "25.0", 14), ((string?)job["State"], (string?)job["PercentDone"], (int?)job["RecoveryPointLifecycle"]!["DeleteAfterDays"]));
        Assert.Equal(id, await RunAsync("list-backup-jobs", "--by-resource-arn", Files, "--by-state", "RUNNING", "--query", "BackupJobs[0].BackupJobId", "--output", "text"));
        Advance(60);
        string point = await RunAsync("list-recovery-points-by-backup-vault", "--backup-vault-name", "before-green", "--by-resource-arn", Files, "--query", "RecoveryPoints[0].RecoveryPointArn", "--output", "text");
        Assert.Equal((string?)begun["RecoveryPointArn"], point);
        Assert.Equal(point, await RunAsync("list-recovery-points-by-resource", "--resource-arn", Files, "--query", "RecoveryPoints[0].RecoveryPointArn", "--output", "text"));
        Assert.Equal("COMPLETED", await RunAsync("describe-recovery-point", "--backup-vault-name", "before-green", "--recovery-point-arn", point, "--query", "Status", "--output", "text"));
        Assert.Equal("1", await RunAsync("list-tags", "--resource-arn", point, "--query", "Tags.run", "--output", "text"));
        Assert.Equal(Files, await RunAsync("list-protected-resources", "--query", "Results[0].ResourceArn", "--output", "text"));
        Assert.Equal("fs-0123456789abcdef0", await RunAsync("get-recovery-point-restore-metadata", "--backup-vault-name", "before-green", "--recovery-point-arn", point, "--query", "RestoreMetadata.\"file-system-id\"", "--output", "text"));
        string restore = await RunAsync("start-restore-job", "--recovery-point-arn", point, "--iam-role-arn", Backup.RoleArn, "--metadata", "file-system-id=fs-0123456789abcdef0,newFileSystem=true,Encrypted=true", "--query", "RestoreJobId", "--output", "text");
        Advance(60);
        Assert.Equal("COMPLETED", await RunAsync("describe-restore-job", "--restore-job-id", restore, "--query", "Status", "--output", "text"));
    }

    [Fact]
    public async Task Settings_locks_and_errors_are_told_in_the_programs_own_way()
    {
        await RunAsync("update-region-settings", "--resource-type-opt-in-preference", "RDS=false");
        Assert.Equal("False", await RunAsync("describe-region-settings", "--query", "ResourceTypeOptInPreference.RDS", "--output", "text"));
        await RunAsync("put-backup-vault-lock-configuration", "--backup-vault-name", "Default", "--min-retention-days", "30");
        Assert.Equal("True", await RunAsync("describe-backup-vault", "--backup-vault-name", "Default", "--query", "Locked", "--output", "text"));
        Assert.Contains("(ResourceNotFoundException) when calling the StopBackupJob operation: Backup job nope was not found", await FailAsync("stop-backup-job", "--backup-job-id", "nope"), StringComparison.Ordinal);
        Assert.Contains("(AccessDeniedException) when calling the DescribeBackupVault operation: Insufficient privileges", await FailAsync("describe-backup-vault", "--backup-vault-name", "nope"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_there_is_to_protect_is_told_by_the_services_that_keep_it()
    {
        Backup.Add(new BackupResource("arn:aws:s3:::artifacts") { Tags = new Dictionary<string, string> { ["team"] = "ml" } });
        Backup.Add(new BackupResource("arn:aws:s3:::bare") { IsVersioned = false, Tags = new Dictionary<string, string> { ["team"] = "web" } });
        Backup.Add(new BackupResource("arn:aws:s3:::far") { Region = "eu-west-1" });
        Backup.Add(new BackupResource("arn:aws:rds:eu-central-1:123456789012:cluster:ledger") { Members = ["ledger-1"] });
        Assert.Equal("123456789012", await ProgramAsync("sts", "get-caller-identity", "--query", "Account", "--output", "text"));
        Assert.Equal("arn:aws:s3:::artifacts", await ProgramAsync("resourcegroupstaggingapi", "get-resources", "--tag-filters", "Key=team,Values=ml,x", "--resource-type-filters", "s3", "--query", "ResourceTagMappingList[].ResourceARN", "--output", "text"));
        Assert.Equal("web", await ProgramAsync("resourcegroupstaggingapi", "get-resources", "--tag-filters", "Key=team", "--resource-type-filters", "s3", "--query", "ResourceTagMappingList[1].Tags[0].Value", "--output", "text"));
        Assert.Contains("(InvalidParameterException)", await ProgramFailAsync("resourcegroupstaggingapi", "get-resources", "--pagination-token", "nonsense"), StringComparison.Ordinal);
        Assert.Equal("ledger", await ProgramAsync("rds", "describe-db-instances", "--query", "DBInstances[?DBInstanceIdentifier=='ledger-1'].DBClusterIdentifier", "--output", "text"));
        Assert.StartsWith("ledger.cluster-", await ProgramAsync("rds", "describe-db-clusters", "--query", "DBClusters[0].Endpoint", "--output", "text"), StringComparison.Ordinal);
        Assert.Equal("Enabled", await ProgramAsync("s3api", "get-bucket-versioning", "--bucket", "artifacts", "--query", "Status", "--output", "text"));
        Assert.Equal("None", await ProgramAsync("s3api", "get-bucket-versioning", "--bucket", "bare", "--query", "Status", "--output", "text"));
        Assert.Equal("eu-west-1", await ProgramAsync("s3api", "get-bucket-location", "--bucket", "far", "--query", "LocationConstraint", "--output", "text"));
        Assert.Contains("(NoSuchBucket)", await ProgramFailAsync("s3api", "get-bucket-versioning", "--bucket", "nobody"), StringComparison.Ordinal);
    }

    private Task<string> RunAsync(params string[] arguments) => ProgramAsync(["backup", .. arguments]);

    private Task<string> FailAsync(params string[] arguments) => ProgramFailAsync(["backup", .. arguments]);

    private async Task<string> ProgramAsync(params string[] arguments)
    {
        (int code, string text) = await AwsProgram.RunAsync(Host, Host.Eks!.Settings.SecretAccessKey, arguments);
        Assert.True(code == 0, $"aws {string.Join(' ', arguments)} ended with {code}: {text}");
        return text.Trim();
    }

    private async Task<string> ProgramFailAsync(params string[] arguments)
    {
        (int code, string text) = await AwsProgram.RunAsync(Host, Host.Eks!.Settings.SecretAccessKey, arguments);
        Assert.NotEqual(0, code);
        return text;
    }
}
