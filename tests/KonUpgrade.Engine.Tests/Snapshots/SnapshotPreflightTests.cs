using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Engine.Snapshots.Checking;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Iam;

namespace KonUpgrade.Engine.Tests.Snapshots;

public sealed class SnapshotPreflightTests
{
    private const string Role = "arn:aws:iam::123456789012:role/backups";
    private const string Managed = "arn:aws:iam::aws:policy/";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_role_with_the_policies_of_AWS_may_back_up_everything()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        Assert.All(await CheckAsync(live, live.Service.RoleArn, All), store => Assert.Null(store.Failure));
        Assert.Empty(live.Told.Of("warning"));
    }

    [Fact]
    public async Task The_role_of_the_console_may_not_back_up_buckets_and_the_others_go_on()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Host.Iam!.Add(new IamRole("backups") { TrustPolicy = IamRole.TrustOf("backup.amazonaws.com"), AttachedPolicies = [$"{Managed}service-role/AWSBackupServiceRolePolicyForBackup"] });
        var found = await CheckAsync(live, Role, All);
        Assert.Equal([LiveBackup.Bucket], found.Where(store => store.Failure is not null).Select(store => store.ResourceArn));
        var failure = found.Single(store => store.Failure is not null).Failure!;
        Assert.Equal(("BackupRoleNotPermitted", FailureKind.PermissionDenied), (failure.Id, failure.Kind));
        Assert.Contains("s3:GetBucketVersioning", failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("aws iam attach-role-policy --role-name backups --policy-arn arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup", failure.Recommendation, StringComparison.Ordinal);
        // Who knows better goes on.
        Assert.All(await CheckAsync(live, null, All), store => Assert.Null(store.Failure));
    }

    [Fact]
    public async Task Policies_of_ones_own_count_inline_and_managed()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Host.Iam!.Add(new IamPolicy("arn:aws:iam::123456789012:policy/files", """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"elasticfilesystem:Backup","Resource":"*"}}"""));
        live.Host.Iam!.Add(new IamRole("backups")
        {
            TrustPolicy = IamRole.TrustOf("backup.amazonaws.com"),
            AttachedPolicies = ["arn:aws:iam::123456789012:policy/files"],
            InlinePolicies = new Dictionary<string, string> { ["disks"] = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:CreateSnapshot","Resource":["{{LiveBackup.Volume}}","arn:aws:ec2:*::snapshot/*"]},{"Effect":"Allow","Action":"rds:*","Resource":"*"},{"Effect":"Deny","Action":"rds:Create*","Resource":"{{LiveBackup.Database}}"}]}""" },
        });
        var found = await CheckAsync(live, Role, LiveBackup.Files, LiveBackup.Volume, "arn:aws:ec2:eu-central-1:123456789012:volume/vol-2", LiveBackup.Database, LiveBackup.Cluster);
        Assert.Equal([null, null, "BackupRoleNotPermitted", "BackupRoleNotPermitted", null], found.Select(store => store.Failure?.Id));
        Assert.Contains("a policy denies the role", found[3].Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", "BackupRoleInvalid")]
    [InlineData("arn:aws:iam::123456789012:user/me", "BackupRoleInvalid")]
    [InlineData("arn:aws:iam::999999999999:role/backups", "BackupRoleInOtherAccount")]
    [InlineData("arn:aws:iam::123456789012:role/nobody", "BackupRoleNotFound")]
    [InlineData("arn:aws:iam::123456789012:role/AWSBackupDefaultServiceRole", "BackupRoleInvalid")]
    [InlineData("arn:aws:iam::123456789012:role/blue-node", "BackupRoleNotAssumable")]
    public async Task A_role_that_nothing_could_be_backed_up_with_ends_all_before_anything_begins(string arn, string id)
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => CheckAsync(live, arn, All))).Failure;
        Assert.Equal((id, arn), (failure.Id, failure.Target));
        var remedy = id switch
        {
            "BackupRoleNotAssumable" => "\"Principal\":{\"Service\":\"backup.amazonaws.com\"}",
            "BackupRoleInOtherAccount" => "account 123456789012",
            "BackupRoleInvalid" when arn.EndsWith("Role", StringComparison.Ordinal) => live.Service.RoleArn,
            _ => "",
        };
        Assert.Contains(remedy, failure.Recommendation, StringComparison.Ordinal);
        Assert.Equal(0, await live.JobsAsync());
    }

    [Theory]
    [InlineData("GetRole")]
    [InlineData("ListAttachedRolePolicies")]
    [InlineData("ListRolePolicies")]
    [InlineData("GetPolicy")]
    [InlineData("GetPolicyVersion")]
    [InlineData("GetRolePolicy")]
    [InlineData("GetCallerIdentity")]
    [InlineData("GetBucketVersioning")]
    [InlineData("GetBucketLocation")]
    public async Task What_may_not_be_looked_at_is_a_warning_and_no_failure(string operation)
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Host.Iam!.Add(new IamPolicy("arn:aws:iam::123456789012:policy/all", """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"""));
        live.Host.Iam!.Add(new IamRole("backups")
        {
            TrustPolicy = IamRole.TrustOf("backup.amazonaws.com"),
            AttachedPolicies = ["arn:aws:iam::123456789012:policy/all"],
            InlinePolicies = new Dictionary<string, string> { ["none"] = """{"Version":"2012-10-17","Statement":[]}""" },
        });
        live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = operation, Count = null });
        Assert.All(await CheckAsync(live, Role, All), store => Assert.Null(store.Failure));
        // Whose the login is, is of no weight by itself.
        var told = live.Told.Of("warning");
        Assert.Equal(operation == "GetCallerIdentity" ? 0 : 1, told.Count);
        Assert.All(told, warning => Assert.Contains("it can't be seen", warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bucket_without_versioning_of_another_region_or_of_nobody_is_told_before_its_job_would_fail()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Service.Add(new BackupResource("arn:aws:s3:::bare") { IsVersioned = false });
        live.Service.Add(new BackupResource("arn:aws:s3:::far") { Region = "us-east-1" });
        var found = await CheckAsync(live, live.Service.RoleArn, "arn:aws:s3:::bare", "arn:aws:s3:::far", "arn:aws:s3:::nobody", LiveBackup.Bucket);
        Assert.Equal(["BucketNotVersioned", "ResourceInOtherRegion", "BucketNotFound", null], found.Select(store => store.Failure?.Id));
        Assert.Contains("aws s3api put-bucket-versioning --bucket bare", found[0].Failure!.Recommendation, StringComparison.Ordinal);
        Assert.Contains("-Region us-east-1", found[1].Failure!.Recommendation, StringComparison.Ordinal);
        // Nothing is begun for what is known to fail.
        var taker = live.Taker();
        await taker.PrepareAsync(Token);
        Assert.Equal(StateSnapshotStatus.Failed, (await taker.StartAsync(found[0], Token)).Status);
        Assert.Equal(0, await live.JobsAsync());
    }

    [Fact]
    public async Task Services_that_can_not_be_reached_are_told_once_each()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0, ("AWS_MAX_ATTEMPTS", "1"));
        foreach (var group in new[] { "iam.amazonaws.com", "s3.amazonaws.com", "sts.amazonaws.com" })
            live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, StatusCode = 503, Group = group, Count = null });
        Assert.All(await CheckAsync(live, live.Service.RoleArn, [.. All, "arn:aws:s3:::another"]), store => Assert.Null(store.Failure));
        Assert.Equal(2, live.Told.Of("warning").Count);
    }

    [Fact]
    public async Task What_is_no_ARN_is_told_and_the_others_go_on()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        Assert.Equal(["ResourceArnInvalid", null], (await CheckAsync(live, live.Service.RoleArn, "fs-1", LiveBackup.Files)).Select(store => store.Failure?.Id));
    }

    private static string[] All => [LiveBackup.Bucket, LiveBackup.Database, LiveBackup.Files, LiveBackup.Volume, LiveBackup.Cluster];

    private static Task<IReadOnlyList<SnapshotStore>> CheckAsync(LiveBackup live, string? role, params string[] arns) =>
        new SnapshotPreflight(live.Options, "eu-central-1", live.Told).CheckAsync([.. arns.Select(arn => new SnapshotStore(arn))], role, Token);
}
