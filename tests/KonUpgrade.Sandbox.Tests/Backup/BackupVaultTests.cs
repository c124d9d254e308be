using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.Backup;

public sealed class BackupVaultTests : BackupPlay
{
    [Fact]
    public async Task A_vault_is_made_once_and_deleted_when_it_is_empty()
    {
        JsonObject made = (await Client.SendAsync(HttpMethod.Put, "/backup-vaults/before_green", """{"BackupVaultTags":{"a":"b"},"CreatorRequestId":"1"}""")).Must(200).Json;
        Assert.Equal("arn:aws:backup:eu-central-1:123456789012:backup-vault:before_green", (string?)made["BackupVaultArn"]);
        (await Client.SendAsync(HttpMethod.Put, "/backup-vaults/before_green", """{"CreatorRequestId":"1"}""")).Must(200);
        Assert.Equal((string?)made["BackupVaultArn"], (string?)(await Client.SendAsync(HttpMethod.Put, "/backup-vaults/before_green", """{"CreatorRequestId":"2"}""")).MustFail(400, "AlreadyExistsException").Json["Arn"]);
        (await Client.SendAsync(HttpMethod.Put, "/backup-vaults/a", "{}")).MustFail(400, "InvalidParameterValueException");
        Assert.Equal(["Default", "before_green"], (await Client.GetAsync("/backup-vaults/")).Must(200).Json["BackupVaultList"]!.AsArray().Select(vault => (string?)vault!["BackupVaultName"]));
        Assert.Equal("b", (string?)(await Client.GetAsync($"/tags/{Encoded((string)made["BackupVaultArn"]!)}/")).Must(200).Json["Tags"]!["a"]);
        await StartAsync(Files, vault: "before_green");
        (await Client.DeleteAsync("/backup-vaults/before_green")).MustFail(400, "InvalidRequestException");
        (await Client.DeleteAsync("/backup-vaults/nope")).Must(403);
    }

    [Fact]
    public async Task A_vault_that_is_not_there_is_denied_as_the_service_does_or_missing_as_its_model_says()
    {
        (await Client.GetAsync("/backup-vaults/nope")).MustFail(403, "AccessDeniedException", "Insufficient privileges to perform this action.");
        Backup.Settings = Backup.Settings with { DenyMissingVaults = false };
        (await Client.GetAsync("/backup-vaults/nope")).MustFail(400, "ResourceNotFoundException");
        (await Client.SendAsync(HttpMethod.Put, "/backup-jobs", Body(Files, vault: "nope"))).MustFail(400, "ResourceNotFoundException");
    }

    [Theory]
    [InlineData(29, "FAILED")]
    [InlineData(30, "COMPLETED")]
    [InlineData(365, "COMPLETED")]
    [InlineData(366, "FAILED")]
    [InlineData(null, "FAILED")]
    public async Task A_locked_vault_fails_jobs_that_it_would_not_keep_so_long(int? days, string state)
    {
        (await Client.SendAsync(HttpMethod.Put, "/backup-vaults/Default/vault-lock", """{"MinRetentionDays":30,"MaxRetentionDays":365,"ChangeableForDays":3}""")).Must(200);
        JsonObject vault = (await Client.GetAsync("/backup-vaults/Default")).Must(200).Json;
        Assert.Equal((true, 30, 365), ((bool?)vault["Locked"], (int?)vault["MinRetentionDays"], (int?)vault["MaxRetentionDays"]));
        string id = await StartAsync(Files, days is null ? "" : $$""","Lifecycle":{"DeleteAfterDays":{{days}}}""");
        Advance(60);
        JsonObject job = await JobAsync(id);
        Assert.Equal(state, (string?)job["State"]);
        if (state == "COMPLETED")
            (await Client.DeleteAsync($"/backup-vaults/Default/recovery-points/{Encoded((string)job["RecoveryPointArn"]!)}")).MustFail(400, "InvalidRequestException");
    }

    [Fact]
    public async Task A_lock_can_be_taken_away_until_its_date()
    {
        (await Client.SendAsync(HttpMethod.Put, "/backup-vaults/Default/vault-lock", """{"MinRetentionDays":30,"ChangeableForDays":3}""")).Must(200);
        (await Client.DeleteAsync("/backup-vaults/Default/vault-lock")).Must(200);
        (await Client.SendAsync(HttpMethod.Put, "/backup-vaults/Default/vault-lock", """{"MinRetentionDays":30,"ChangeableForDays":3}""")).Must(200);
        Advance(3 * 24 * 3600);
        (await Client.DeleteAsync("/backup-vaults/Default/vault-lock")).MustFail(400, "InvalidRequestException");
    }

    [Fact]
    public async Task Recovery_points_are_listed_by_vault_and_by_resource_and_what_they_protect_too()
    {
        string first = await CompletedAsync(Files), second = await CompletedAsync(Files);
        string other = await CompletedAsync(Database);
        JsonArray byResource = (await Client.GetAsync($"/resources/{Encoded(Files)}/recovery-points/")).Must(200).Json["RecoveryPoints"]!.AsArray();
        Assert.Equal([second, first], byResource.Select(point => (string?)point!["RecoveryPointArn"]));
        Assert.Equal(1L << 30, (long?)byResource[0]!["BackupSizeBytes"]);
        Assert.Equal([other], (await Client.GetAsync($"/backup-vaults/Default/recovery-points/?resourceArn={Encoded(Database)}")).Must(200).Json["RecoveryPoints"]!.AsArray().Select(point => (string?)point!["RecoveryPointArn"]));
        Assert.Equal([(Database, other), (Files, second)], (await Client.GetAsync("/resources/")).Must(200).Json["Results"]!.AsArray().Select(each => ((string)each!["ResourceArn"]!, (string)each["LastRecoveryPointArn"]!)));
        (await Client.DeleteAsync($"/backup-vaults/Default/recovery-points/{Encoded(first)}")).Must(200);
        Assert.Equal(2, (int?)(await Client.GetAsync("/backup-vaults/Default")).Must(200).Json["NumberOfRecoveryPoints"]);
    }

    [Fact]
    public async Task What_is_not_modelled_says_so()
    {
        (await Client.SendAsync(HttpMethod.Put, "/copy-jobs", "{}")).MustFail(501, "NotImplementedException");
        (await Client.GetAsync("/nonsense")).MustFail(404, "UnknownOperationException");
    }

    [Fact]
    public async Task Without_any_settings_there_is_something_to_protect_for_each_cluster()
    {
        await using SandboxHost host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("blue", "1.33"), new("green", "1.34")] }, TestContext.Current.CancellationToken);
        Assert.Equal(["EBS", "EFS", "EKS", "RDS", "S3"], host.Backup!.Resources.Where(resource => resource.Arn.Contains("blue", StringComparison.Ordinal) || resource.Type is "EFS" or "EBS").Select(resource => resource.Type!).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(10, host.Backup.Resources.Count);
        Assert.Equal(2, host.Backup.Resources.Single(resource => resource.Arn.EndsWith("cluster/green", StringComparison.Ordinal)).Parts.Count);
    }
}
