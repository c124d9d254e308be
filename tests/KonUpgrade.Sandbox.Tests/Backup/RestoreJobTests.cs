using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Backup;

namespace KonUpgrade.Sandbox.Tests.Backup;

public sealed class RestoreJobTests : BackupPlay
{
    private Task<Eks.EksReply> TryAsync(string point, string metadata, string more = "")
        => Client.SendAsync(HttpMethod.Put, "/restore-jobs", $$$"""{"RecoveryPointArn":"{{{point}}}","IamRoleArn":"{{{Backup.RoleArn}}}","Metadata":{{{metadata}}}{{{more}}}}""");

    private async Task<JsonObject> DoneAsync(Eks.EksReply begun)
    {
        string id = (string)begun.Must(200).Json["RestoreJobId"]!;
        Assert.Equal("PENDING", (string?)(await Client.GetAsync($"/restore-jobs/{id}")).Must(200).Json["Status"]);
        Advance(20);
        JsonObject job = (await Client.GetAsync($"/restore-jobs/{id}")).Must(200).Json;
        if ((string?)job["Status"] == "RUNNING") Assert.Equal("50.00%", (string?)job["PercentDone"]);
        Advance(60);
        return (await Client.GetAsync($"/restore-jobs/{id}")).Must(200).Json;
    }

    [Fact]
    public async Task A_file_system_is_restored_as_a_new_one_or_into_the_old()
    {
        string point = await CompletedAsync(Files);
        JsonObject metadata = (await Client.GetAsync($"/backup-vaults/Default/recovery-points/{Encoded(point)}/restore-metadata")).Must(200).Json;
        Assert.Equal(("EFS", "fs-0123456789abcdef0"), ((string?)metadata["ResourceType"], (string?)metadata["RestoreMetadata"]!["file-system-id"]));
        (await TryAsync(point, """{"file-system-id":"fs-0123456789abcdef0"}""")).MustFail(400, "InvalidParameterValueException");
        JsonObject made = await DoneAsync(await TryAsync(point, """{"file-system-id":"fs-0123456789abcdef0","newFileSystem":"true","Encrypted":"true"}"""));
        Assert.Equal("COMPLETED", (string?)made["Status"]);
        Assert.Contains(Backup.Resources, resource => resource.Arn == (string?)made["CreatedResourceArn"] && resource.Arn != Files);
        JsonObject old = await DoneAsync(await TryAsync(point, """{"file-system-id":"fs-0123456789abcdef0","newFileSystem":"false","Encrypted":"true"}"""));
        Assert.Equal(Files, (string?)old["CreatedResourceArn"]);
        Assert.Equal(2, (await Client.GetAsync("/restore-jobs/?status=COMPLETED")).Must(200).Json["RestoreJobs"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_database_is_never_restored_over_one_that_is_there()
    {
        string point = await CompletedAsync(Database);
        JsonObject failed = await DoneAsync(await TryAsync(point, """{"DBInstanceIdentifier":"pipelines"}"""));
        Assert.Equal("FAILED", (string?)failed["Status"]);
        Assert.Contains("already exists", (string?)failed["StatusMessage"], StringComparison.Ordinal);
        JsonObject made = await DoneAsync(await TryAsync(point, """{"dbinstanceidentifier":"pipelines-green"}"""));
        Assert.Equal("arn:aws:rds:eu-central-1:123456789012:db:pipelines-green", (string?)made["CreatedResourceArn"]);
    }

    [Fact]
    public async Task A_restore_fails_where_it_is_asked_for_and_its_token_is_answered_again()
    {
        string point = await CompletedAsync(Database);
        Backup.AddTrouble(new BackupTrouble("FAILED") { Restore = true, Message = "no room" });
        Eks.EksReply begun = await TryAsync(point, """{"DBInstanceIdentifier":"other"}""", ""","IdempotencyToken":"t" """);
        JsonObject failed = await DoneAsync(begun);
        Assert.Equal(("FAILED", "no room"), ((string?)failed["Status"], (string?)failed["StatusMessage"]));
        Assert.Equal((string?)failed["RestoreJobId"], (string?)(await TryAsync(point, """{"DBInstanceIdentifier":"other"}""", ""","IdempotencyToken":"t" """)).Must(200).Json["RestoreJobId"]);
        (await TryAsync("arn:aws:backup:eu-central-1:123456789012:recovery-point:nope", "{}")).MustFail(400, "ResourceNotFoundException");
        (await TryAsync(point, """{"DBInstanceIdentifier":"x"}""", ""","ResourceType":"EFS" """)).MustFail(400, "InvalidParameterValueException");
    }
}
