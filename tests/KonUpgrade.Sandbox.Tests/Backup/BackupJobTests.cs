using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Sandbox.Tests.Backup;

public sealed class BackupJobTests : BackupPlay
{
    [Fact]
    public async Task A_job_is_created_waits_runs_and_is_complete_as_time_goes_by()
    {
        string id = await StartAsync(Files, ""","Lifecycle":{"DeleteAfterDays":14},"RecoveryPointTags":{"run":"1"}""");
        JsonObject job = await JobAsync(id);
        Assert.Equal(("CREATED", "0.0", "EFS", false), ((string?)job["State"], (string?)job["PercentDone"], (string?)job["ResourceType"], (bool?)job["IsParent"]));
        Assert.Equal(8 * 3600, (double)job["StartBy"]! - (double)job["CreationDate"]!, 1);
        Advance(5);
        Assert.Equal("PENDING", await StateAsync(id));
        Advance(5);
        Assert.Equal("RUNNING", await StateAsync(id));
        Advance(10);
        job = await JobAsync(id);
        Assert.Equal(("RUNNING", "50.0", 1L << 29), ((string?)job["State"], (string?)job["PercentDone"], (long?)job["BytesTransferred"]));
        Assert.Null(job["CompletionDate"]);
        Advance(10);
        job = await JobAsync(id);
        Assert.Equal(("COMPLETED", "100.0", 1L << 30, "SUCCESS"), ((string?)job["State"], (string?)job["PercentDone"], (long?)job["BackupSizeInBytes"], (string?)job["MessageCategory"]));
        Assert.Equal(30, (double)job["CompletionDate"]! - (double)job["CreationDate"]!, 1);
        string point = (string)job["RecoveryPointArn"]!;
        JsonObject described = (await Client.GetAsync($"/backup-vaults/Default/recovery-points/{Encoded(point)}")).Must(200).Json;
        Assert.Equal(("COMPLETED", 14L), ((string?)described["Status"], (long?)described["Lifecycle"]!["DeleteAfterDays"]));
        Assert.Equal("1", (string?)(await Client.GetAsync($"/tags/{Encoded(point)}/")).Must(200).Json["Tags"]!["run"]);
        Advance(14 * 24 * 3600);
        (await Client.GetAsync($"/backup-vaults/Default/recovery-points/{Encoded(point)}")).MustFail(400, "ResourceNotFoundException");
    }

    [Fact]
    public async Task What_happened_while_nobody_looked_has_the_time_when_it_did()
    {
        string id = await StartAsync(Bucket);
        Advance(3600);
        JsonObject job = await JobAsync(id);
        Assert.Equal(("COMPLETED", 10.0, 30.0), ((string?)job["State"], (double)job["InitiationDate"]! - (double)job["CreationDate"]!, (double)job["CompletionDate"]! - (double)job["CreationDate"]!));
    }

    [Fact]
    public async Task The_recovery_point_of_a_database_is_its_own_services_and_told_once_it_runs()
    {
        JsonObject begun = (await Client.SendAsync(HttpMethod.Put, "/backup-jobs", Body(Database))).Must(200).Json;
        Assert.Null(begun["RecoveryPointArn"]);
        Advance(10);
        string point = (string)(await JobAsync((string)begun["BackupJobId"]!))["RecoveryPointArn"]!;
        Assert.StartsWith("arn:aws:rds:eu-central-1:123456789012:snapshot:awsbackup:job-", point, StringComparison.Ordinal);
        (await Client.GetAsync($"/tags/{Encoded(point)}/")).MustFail(400, "InvalidParameterValueException");
        Assert.StartsWith("arn:aws:backup:", (string?)(await Client.SendAsync(HttpMethod.Put, "/backup-jobs", Body(Files))).Must(200).Json["RecoveryPointArn"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_token_is_the_same_job_whatever_became_of_it()
    {
        Backup.AddTrouble(new BackupTrouble("FAILED") { Count = 1 });
        string id = await StartAsync(Files, ""","IdempotencyToken":"one" """);
        Advance(60);
        Assert.Equal("FAILED", await StateAsync(id));
        Assert.Equal(id, await StartAsync(Files, ""","IdempotencyToken":"one" """));
        string other = await StartAsync(Files, ""","IdempotencyToken":"two" """);
        Assert.NotEqual(id, other);
        (await Client.SendAsync(HttpMethod.Put, "/backup-jobs", Body(Bucket, ""","IdempotencyToken":"one" """))).MustFail(400, "InvalidParameterValueException");
        Backup.ForgetTokens();
        Assert.NotEqual(id, await StartAsync(Files, ""","IdempotencyToken":"one" """));
    }

    [Theory]
    [InlineData("FAILED", "FAILED", "FAILED")]
    [InlineData("ABORTED", "ABORTED", "ABORTED")]
    [InlineData("PARTIAL", "PARTIAL", "PARTIAL")]
    [InlineData("COMPLETED", "COMPLETED", "AccessDenied")]
    public async Task A_job_ends_as_it_is_asked_for(string outcome, string state, string category)
    {
        string trouble = Backup.AddTrouble(new BackupTrouble(outcome) { ResourceArn = "arn:aws:elasticfilesystem:*", Message = "as asked" });
        string id = await StartAsync(Files), spared = await StartAsync(Database);
        Advance(60);
        JsonObject job = await JobAsync(id);
        Assert.Equal((state, category, "as asked"), ((string?)job["State"], (string?)job["MessageCategory"], (string?)job["StatusMessage"]));
        Assert.Equal(outcome is "PARTIAL" or "COMPLETED", job["RecoveryPointArn"] is not null);
        Assert.Equal("COMPLETED", await StateAsync(spared));
        Assert.Equal(1, Backup.Troubles().Single().Struck);
        Assert.True(Backup.RemoveTrouble(trouble));
    }

    [Fact]
    public async Task A_job_that_does_not_begin_expires_at_the_end_of_its_start_window()
    {
        Backup.AddTrouble(new BackupTrouble("EXPIRED"));
        string id = await StartAsync(Database, ""","StartWindowMinutes":60,"CompleteWindowMinutes":120""");
        Advance(3599);
        Assert.Equal("CREATED", await StateAsync(id));
        Advance(1);
        Assert.Equal("EXPIRED", await StateAsync(id));
    }

    [Fact]
    public async Task A_job_that_does_not_end_expires_at_the_end_of_its_completion_window()
    {
        Backup.AddTrouble(new BackupTrouble("RUNNING"));
        string id = await StartAsync(Database, ""","StartWindowMinutes":60,"CompleteWindowMinutes":120""");
        Advance(7199);
        Assert.Equal("RUNNING", await StateAsync(id));
        Advance(1);
        Assert.Equal("EXPIRED", await StateAsync(id));
    }

    [Fact]
    public async Task A_job_is_stopped_where_its_type_lets_it()
    {
        string files = await StartAsync(Files), database = await StartAsync(Database);
        Advance(12);
        (await Client.PostAsync($"/backup-jobs/{files}", "")).Must(200);
        Assert.Equal("ABORTING", await StateAsync(files));
        Advance(5);
        Assert.Equal("ABORTED", await StateAsync(files));
        (await Client.PostAsync($"/backup-jobs/{files}", "")).MustFail(400, "InvalidRequestException");
        (await Client.PostAsync($"/backup-jobs/{database}", "")).MustFail(400, "InvalidRequestException");
        (await Client.PostAsync("/backup-jobs/nope", "")).MustFail(400, "ResourceNotFoundException");
    }

    [Theory]
    [InlineData(false, "COMPLETED")]
    [InlineData(true, "PARTIAL")]
    public async Task A_cluster_is_backed_up_in_parts_each_with_a_job_of_its_own(bool fails, string state)
    {
        if (fails) Backup.AddTrouble(new BackupTrouble("FAILED") { ResourceArn = Volume });
        string id = await StartAsync(Cluster);
        Advance(15);
        JsonObject parent = await JobAsync(id);
        Assert.Equal((true, 2, 2), ((bool?)parent["IsParent"], (int?)parent["NumberOfChildJobs"], (int?)parent["ChildJobsInState"]!["RUNNING"]));
        JsonArray children = (await Client.GetAsync($"/backup-jobs/?parentJobId={id}")).Must(200).Json["BackupJobs"]!.AsArray();
        Assert.Equal([Files, Volume], children.Select(child => (string)child!["ResourceArn"]!).Order(StringComparer.Ordinal).Reverse());
        Assert.All(children, child => Assert.Equal(id, (string?)child!["ParentJobId"]));
        Advance(60);
        parent = await JobAsync(id);
        Assert.Equal(state, (string?)parent["State"]);
        Assert.Equal(fails ? 1 : null, (int?)parent["ChildJobsInState"]!["FAILED"]);
        JsonArray points = (await Client.GetAsync($"/backup-vaults/Default/recovery-points/?parentRecoveryPointArn={Encoded((string)parent["RecoveryPointArn"]!)}")).Must(200).Json["RecoveryPoints"]!.AsArray();
        Assert.Equal(fails ? 1 : 2, points.Count);
    }

    [Fact]
    public async Task A_bucket_without_versioning_fails_its_job()
    {
        Backup.Add(new BackupResource(Bucket) { IsVersioned = false });
        string id = await StartAsync(Bucket);
        Advance(10);
        JsonObject job = await JobAsync(id);
        Assert.Equal("FAILED", (string?)job["State"]);
        Assert.Contains("versioning", (string?)job["StatusMessage"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arn:aws:s3:::nobody", "", "ResourceNotFoundException", "does not exist")]
    [InlineData("arn:aws:sqs:eu-central-1:123456789012:queue", "", "InvalidParameterValueException", "unsupported resource type")]
    [InlineData("arn:aws:rds:us-east-1:123456789012:db:pipelines", "", "InvalidParameterValueException", "not in the region")]
    [InlineData("arn:aws:rds:eu-central-1:999999999999:db:pipelines", "", "InvalidParameterValueException", "does not belong")]
    [InlineData(Files, ""","StartWindowMinutes":59""", "InvalidParameterValueException", "StartWindowMinutes")]
    [InlineData(Files, ""","StartWindowMinutes":60,"CompleteWindowMinutes":119""", "InvalidParameterValueException", "CompleteWindowMinutes")]
    [InlineData(Files, ""","Lifecycle":{"MoveToColdStorageAfterDays":30,"DeleteAfterDays":119}""", "InvalidParameterValueException", "90 days")]
    public async Task What_the_service_refuses_is_refused(string arn, string more, string type, string words)
    {
        (await Client.SendAsync(HttpMethod.Put, "/backup-jobs", Body(arn, more))).MustFail(400, type);
        Assert.Contains(words, (string?)(await Client.SendAsync(HttpMethod.Put, "/backup-jobs", Body(arn, more))).Json["Message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_not_be_assumed_and_a_type_that_is_not_opted_in_are_refused()
    {
        Assert.Contains("cannot be assumed by AWS Backup", (string?)(await Client.SendAsync(HttpMethod.Put, "/backup-jobs", Body(Files, role: "arn:aws:iam::123456789012:role/other"))).MustFail(400, "InvalidParameterValueException").Json["Message"], StringComparison.Ordinal);
        (await Client.SendAsync(HttpMethod.Put, "/backup-jobs", """{"BackupVaultName":"Default","ResourceArn":"x"}""")).MustFail(400, "MissingParameterValueException");
        (await Client.SendAsync(HttpMethod.Put, "/account-settings", """{"ResourceTypeOptInPreference":{"EFS":false}}""")).Must(200);
        Assert.False((bool?)(await Client.GetAsync("/account-settings")).Must(200).Json["ResourceTypeOptInPreference"]!["EFS"]);
        (await Client.SendAsync(HttpMethod.Put, "/backup-jobs", Body(Files))).MustFail(400, "InvalidRequestException");
    }

    [Fact]
    public async Task Jobs_are_listed_by_their_filters_page_by_page()
    {
        Backup.Settings = Backup.Settings with { MostInAPage = 2 };
        foreach (string arn in (string[])[Files, Database, Files, Bucket, Files]) await StartAsync(arn);
        var seen = new List<string>();
        string token = "";
        do
        {
            JsonObject page = (await Client.GetAsync($"/backup-jobs/?resourceArn={Encoded(Files)}&state=CREATED{(token.Length > 0 ? $"&nextToken={Uri.EscapeDataString(token)}" : "")}")).Must(200).Json;
            seen.AddRange(page["BackupJobs"]!.AsArray().Select(job => (string)job!["BackupJobId"]!));
            token = (string?)page["NextToken"] ?? "";
        }
        while (token.Length > 0);
        Assert.Equal(3, seen.Distinct().Count());
        Assert.Empty((await Client.GetAsync("/backup-jobs/?state=RUNNING")).Must(200).Json["BackupJobs"]!.AsArray());
    }

    [Fact]
    public async Task Faults_strike_by_operation_and_by_resource()
    {
        Host.Faults.Add(new SandboxFault { Kind = FaultKind.TooManyRequests, Verb = "StartBackupJob", Group = "backup.amazonaws.com", Name = Files });
        await StartAsync(Database);
        (await Client.SendAsync(HttpMethod.Put, "/backup-jobs", Body(Files))).MustFail(429, "ThrottlingException", "Rate exceeded");
        Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Resource = "backup-vaults" });
        (await Client.GetAsync("/backup-vaults/Default")).MustFail(403, "AccessDeniedException", "not authorized to perform: backup:DescribeBackupVault");
        Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, Verb = "list" });
        (await Client.GetAsync("/backup-jobs/")).MustFail(500, "ServiceUnavailableException");
        (await Client.GetAsync("/backup-jobs/")).Must(200);
    }
}
