using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>AWS Backup by the shapes of its model, against a server that answers them.</summary>
public sealed class BackupClientTests
{
    private const string FileSystem = "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-1";
    private const string Point = "arn:aws:backup:eu-west-1:111122223333:recovery-point:1EB3B5E7";
    private const string Role = "arn:aws:iam::111122223333:role/backup";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_is_asked_for_as_the_model_has_it_with_the_callers_own_token()
    {
        await using var scene = await BackupScene.StartAsync();
        scene.Answer($$"""{"BackupJobId":"job-1","CreationDate":1767225600.25,"IsParent":false,"RecoveryPointArn":"{{Point}}"}""");
        var request = new StartBackupJobRequest
        {
            BackupVaultName = "before-green",
            ResourceArn = FileSystem,
            IamRoleArn = Role,
            IdempotencyToken = "token-1",
            StartWindowMinutes = 60,
            CompleteWindowMinutes = 240,
            Lifecycle = new Lifecycle { DeleteAfterDays = 14 },
            RecoveryPointTags = new Dictionary<string, string> { ["konupgrade.dev/snapshot"] = "Before Green" },
        };
        var begun = await scene.Client.StartBackupJobAsync(request, Token);
        Assert.Equal(("job-1", Point, false, new DateTimeOffset(2026, 1, 1, 0, 0, 0, 250, TimeSpan.Zero)), (begun.BackupJobId, begun.RecoveryPointArn, begun.IsParent, begun.CreationDate));
        var seen = scene.Seen.Single();
        Assert.Equal("PUT /backup-jobs", seen.Request);
        Assert.Equal(
            $$$"""{"BackupVaultName":"before-green","ResourceArn":"{{{FileSystem}}}","IamRoleArn":"{{{Role}}}","IdempotencyToken":"token-1","StartWindowMinutes":60,"CompleteWindowMinutes":240,"Lifecycle":{"DeleteAfterDays":14},"RecoveryPointTags":{"konupgrade.dev/snapshot":"Before Green"}}""",
            seen.Body);
        Assert.Contains("/eu-west-1/backup/aws4_request", seen.Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_keeps_what_the_service_says_also_what_is_not_known_here()
    {
        await using var scene = await BackupScene.StartAsync();
        scene.Answer($$$"""
            {"AccountId":"111122223333","BackupJobId":"job-1","BackupVaultName":"v","ResourceArn":"{{{FileSystem}}}","ResourceType":"EFS","State":"HIBERNATING","PercentDone":"42.5","BytesTransferred":"1024",
            "BackupSizeInBytes":4096,"CreationDate":1767225600,"StartBy":1767254400.0,"IsParent":true,"NumberOfChildJobs":2,"ChildJobsInState":{"RUNNING":1,"NEWSTATE":1},"CreatedBy":{"BackupPlanId":"plan-1"},
            "BackupOptions":null,"MessageCategory":"AccessDenied","SomethingNew":{"Deep":[1]}}
            """).Answer("""{"BackupJobId":"job-2","PercentDone":"100.00%"}""").Answer("""{"BackupJobId":"job-3"}""");
        var job = await scene.Client.DescribeBackupJobAsync("job-1", Token);
        Assert.Equal(("HIBERNATING", 42.5, 1024L, 4096L, "plan-1", 1L), (job.State, job.Percent, job.BytesTransferred, job.BackupSizeInBytes, job.CreatedBy!.BackupPlanId, job.ChildJobsInState["NEWSTATE"]));
        Assert.False(BackupJobState.IsTerminal(job.State));
        Assert.Equal(100, (await scene.Client.DescribeBackupJobAsync("job-2", Token)).Percent);
        Assert.Null((await scene.Client.DescribeBackupJobAsync("job-3", Token)).Percent);
        Assert.Equal("GET /backup-jobs/job-1", scene.Seen[0].Request);
    }

    [Theory]
    [InlineData(BackupJobState.Created, false)]
    [InlineData(BackupJobState.Pending, false)]
    [InlineData(BackupJobState.Running, false)]
    [InlineData(BackupJobState.Aborting, false)]
    [InlineData(BackupJobState.Aborted, true)]
    [InlineData(BackupJobState.Completed, true)]
    [InlineData(BackupJobState.Failed, true)]
    [InlineData(BackupJobState.Expired, true)]
    [InlineData(BackupJobState.Partial, true)]
    public void Each_state_of_the_model_is_one_that_ends_or_one_that_goes_on(string state, bool ends) => Assert.Equal(ends, BackupJobState.IsTerminal(state));

    [Fact]
    public async Task Lists_are_read_page_by_page_and_by_their_filters()
    {
        await using var scene = await BackupScene.StartAsync();
        scene.Answer("""{"BackupJobs":[{"BackupJobId":"1"},{"BackupJobId":"2"}],"NextToken":"a/b+c=="}""").Answer("""{"BackupJobs":[{"BackupJobId":"3"}],"NextToken":null}""");
        var filter = new BackupJobFilter { ByResourceArn = FileSystem, ByState = BackupJobState.Running };
        Assert.Equal(["1", "2", "3"], await scene.Client.ListBackupJobsAsync(filter, Token).Select(job => job.BackupJobId).ToListAsync(Token));
        var arn = Uri.EscapeDataString(FileSystem);
        Assert.Equal(
            [$"GET /backup-jobs/?maxResults=1000&resourceArn={arn}&state=RUNNING", $"GET /backup-jobs/?maxResults=1000&nextToken=a%2Fb%2Bc%3D%3D&resourceArn={arn}&state=RUNNING"],
            scene.Seen.Select(seen => seen.Request));
    }

    [Fact]
    public async Task Every_operation_goes_to_its_own_path_with_arns_encoded()
    {
        await using var scene = await BackupScene.StartAsync();
        var client = scene.Client;
        scene.Answer("").Answer("""{"BackupVaultName":"v","BackupVaultArn":"arn:v"}""").Answer("""{"BackupVaultName":"v","Locked":true,"MinRetentionDays":30}""");
        scene.Answer("""{"BackupVaultList":[{"BackupVaultName":"v"}]}""").Answer($$$"""{"RecoveryPoints":[{"RecoveryPointArn":"{{{Point}}}","CalculatedLifecycle":{"DeleteAt":1767225600}}]}""");
        scene.Answer($$"""{"RecoveryPoints":[{"RecoveryPointArn":"{{Point}}","BackupSizeBytes":7}]}""").Answer("""{"Status":"COMPLETED"}""");
        scene.Answer("""{"ResourceType":"EFS","RestoreMetadata":{"file-system-id":"fs-1"}}""").Answer("""{"RestoreJobId":"r-1"}""").Answer("""{"Status":"FAILED","PercentDone":"0.00%"}""");
        scene.Answer("""{"RestoreJobs":[{"RestoreJobId":"r-1"}]}""").Answer("""{"Results":[{"ResourceType":"EFS"}]}""").Answer("""{"ResourceTypeOptInPreference":{"EFS":true,"Aurora":false}}""");
        scene.Answer("""{"Tags":{"a":"1"},"NextToken":"n"}""").Answer("""{"Tags":{"b":"2"}}""");
        await client.StopBackupJobAsync("job-1", Token);
        Assert.Equal("arn:v", (await client.CreateBackupVaultAsync(new CreateBackupVaultRequest { BackupVaultName = "v", CreatorRequestId = "c" }, Token)).BackupVaultArn);
        Assert.Equal((true, 30L), await client.DescribeBackupVaultAsync("v", Token) is var vault ? (vault.Locked, vault.MinRetentionDays) : default);
        Assert.Equal(["v"], await client.ListBackupVaultsAsync(Token).Select(each => each.BackupVaultName).ToListAsync(Token));
        Assert.Equal(2026, (await client.ListRecoveryPointsByBackupVaultAsync("v", FileSystem, null, Token).SingleAsync(Token)).CalculatedLifecycle!.DeleteAt!.Value.Year);
        Assert.Equal(7, (await client.ListRecoveryPointsByResourceAsync(FileSystem, Token).SingleAsync(Token)).BackupSizeBytes);
        Assert.Equal("COMPLETED", (await client.DescribeRecoveryPointAsync("v", Point, Token)).Status);
        Assert.Equal("fs-1", (await client.GetRecoveryPointRestoreMetadataAsync("v", Point, Token)).RestoreMetadata["file-system-id"]);
        Assert.Equal("r-1", await client.StartRestoreJobAsync(new StartRestoreJobRequest { RecoveryPointArn = Point, Metadata = new Dictionary<string, string> { ["newFileSystem"] = "true" }, IdempotencyToken = "t" }, Token));
        Assert.True(RestoreJobStatus.IsTerminal((await client.DescribeRestoreJobAsync("r-1", Token)).Status));
        Assert.Single(await client.ListRestoreJobsAsync(RestoreJobStatus.Running, null, Token).ToListAsync(Token));
        Assert.Equal("EFS", (await client.ListProtectedResourcesAsync(Token).SingleAsync(Token)).ResourceType);
        Assert.False((await client.DescribeRegionSettingsAsync(Token)).ResourceTypeOptInPreference["Aurora"]);
        Assert.Equal(["a", "b"], (await client.ListTagsAsync(Point, Token)).Keys.Order(StringComparer.Ordinal));
        var (arn, point) = (Uri.EscapeDataString(FileSystem), Uri.EscapeDataString(Point));
        Assert.Equal(
            [
                "POST /backup-jobs/job-1", "PUT /backup-vaults/v", "GET /backup-vaults/v", "GET /backup-vaults/?maxResults=1000",
                $"GET /backup-vaults/v/recovery-points/?maxResults=1000&resourceArn={arn}", $"GET /resources/{arn}/recovery-points/?maxResults=1000",
                $"GET /backup-vaults/v/recovery-points/{point}", $"GET /backup-vaults/v/recovery-points/{point}/restore-metadata", "PUT /restore-jobs", "GET /restore-jobs/r-1",
                "GET /restore-jobs/?maxResults=1000&status=RUNNING", "GET /resources/?maxResults=1000", "GET /account-settings", $"GET /tags/{point}/?maxResults=1000", $"GET /tags/{point}/?maxResults=1000&nextToken=n",
            ],
            scene.Seen.Select(seen => Target(seen.Request)));
        Assert.Equal("""{"CreatorRequestId":"c"}""", scene.Seen[1].Body);
        Assert.Equal($$$"""{"RecoveryPointArn":"{{{Point}}}","Metadata":{"newFileSystem":"true"},"IdempotencyToken":"t"}""", scene.Seen[8].Body);

        // The server gives the path decoded but for slashes; what was sent is encoded wholly.
        static string Target(string request)
        {
            var (path, query) = request.Split('?', 2) is [var first, var second] ? (first, "?" + second) : (request, "");
            return path.Split(' ', 2) is [var method, var rest] ? $"{method} {string.Join('/', rest.Split('/').Select(part => Uri.EscapeDataString(Uri.UnescapeDataString(part))))}{query}" : request;
        }
    }

    [Theory]
    [InlineData("ResourceNotFoundException", 400, """{"Code":"ERROR_3911","Message":"backup job was not found","Type":"Client","Context":"x"}""", typeof(ResourceNotFoundException), "BackupJobNotFound", FailureKind.NotFound)]
    [InlineData("AccessDeniedException", 403, """{"message":"Insufficient privileges to perform this action."}""", typeof(AccessDeniedException), "AwsAccessDenied", FailureKind.PermissionDenied)]
    [InlineData("InvalidParameterValueException", 400, """{"Code":"ERROR_1","Message":"Start window is too short"}""", typeof(InvalidParameterValueException), "BackupInvalidParameter", FailureKind.InvalidData)]
    [InlineData("MissingParameterValueException", 400, """{"Message":"IamRoleArn is missing"}""", typeof(MissingParameterValueException), "BackupRoleInvalid", FailureKind.InvalidData)]
    [InlineData("InvalidRequestException", 400, """{"Message":"not supported"}""", typeof(InvalidRequestException), "BackupInvalidRequest", FailureKind.InvalidData)]
    [InlineData("LimitExceededException", 400, """{"Message":"too many"}""", typeof(LimitExceededException), "BackupLimitExceeded", FailureKind.LimitsExceeded)]
    [InlineData("AlreadyExistsException", 400, """{"Message":"there"}""", typeof(AlreadyExistsException), "BackupVaultExists", FailureKind.AlreadyExists)]
    [InlineData("DependencyFailureException", 500, """{"Message":"EFS"}""", typeof(BackupException), "BackupDependencyFailure", FailureKind.Unavailable)]
    [InlineData("ServiceUnavailableException", 500, """{"Message":"later"}""", typeof(BackupException), "AwsUnavailable", FailureKind.Unavailable)]
    [InlineData("ThrottlingException", 429, """{"message":"Rate exceeded"}""", typeof(ThrottlingException), "AwsThrottled", FailureKind.LimitsExceeded)]
    [InlineData("SomethingNewException", 400, """{"Message":"never seen"}""", typeof(BackupException), "AwsRequestRefused", FailureKind.InvalidData)]
    [InlineData(null, 404, "<!doctype html><title>404 Not Found</title>", typeof(BackupException), "AwsOperationUnknown", FailureKind.NotSupported)]
    public async Task An_error_of_the_service_is_a_type_a_failure_and_a_remedy(string? code, int status, string body, Type type, string id, FailureKind kind)
    {
        await using var scene = await BackupScene.StartAsync(("AWS_MAX_ATTEMPTS", "1"));
        scene.Answer(body, status, code);
        var e = (BackupException)await Assert.ThrowsAsync(type, () => scene.Client.DescribeBackupJobAsync("job-1", Token));
        Assert.Equal((id, kind, status, "job-1"), (e.Failure.Id, e.Failure.Kind, e.StatusCode, e.Failure.Target));
        Assert.False(string.IsNullOrEmpty(e.Failure.Recommendation));
        Assert.Equal(code is "LimitExceededException" ? false : kind is FailureKind.Unavailable or FailureKind.LimitsExceeded, e.IsTransient);
    }

    [Fact]
    public async Task A_role_that_the_service_may_not_assume_is_told_with_what_to_do()
    {
        await using var scene = await BackupScene.StartAsync();
        scene.Answer($$"""{"Code":"ERROR_3303","Message":"IAM Role {{Role}} cannot be assumed by AWS Backup"}""", 400, "InvalidParameterValueException");
        var e = await Assert.ThrowsAsync<InvalidParameterValueException>(() => scene.Client.StartBackupJobAsync(
            new StartBackupJobRequest { BackupVaultName = "v", ResourceArn = FileSystem, IamRoleArn = Role }, Token));
        Assert.Equal(("BackupRoleNotAssumable", FileSystem, "ERROR_3303"), (e.Failure.Id, e.Failure.Target, e.Fields["Code"]));
        Assert.Contains("backup.amazonaws.com", e.Failure.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denied_look_at_a_vault_says_that_it_may_not_be_there()
    {
        await using var scene = await BackupScene.StartAsync();
        scene.Answer("""{"message":"Insufficient privileges to perform this action."}""", 403, "AccessDeniedException");
        var e = await Assert.ThrowsAsync<AccessDeniedException>(() => scene.Client.DescribeBackupVaultAsync("nope", Token));
        Assert.Contains("no such vault", e.Failure.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_throttled_call_is_sent_again_by_the_sdk_with_the_same_token()
    {
        await using var scene = await BackupScene.StartAsync();
        scene.Answer("""{"message":"Rate exceeded"}""", 429, "ThrottlingException").Answer("""{"BackupJobId":"job-1"}""");
        await scene.Client.StartBackupJobAsync(new StartBackupJobRequest { BackupVaultName = "v", ResourceArn = FileSystem, IamRoleArn = Role }, Token);
        Assert.Equal(2, scene.Seen.Count);
        Assert.Equal(scene.Body(0).GetProperty("IdempotencyToken").GetString(), scene.Body(1).GetProperty("IdempotencyToken").GetString());
    }

    [Theory]
    [InlineData("eu-west-1", false, false, "https://backup.eu-west-1.amazonaws.com/")]
    [InlineData("cn-north-1", false, false, "https://backup.cn-north-1.amazonaws.com.cn/")]
    [InlineData("us-east-1", true, false, "https://backup-fips.us-east-1.amazonaws.com/")]
    [InlineData("eu-west-1", false, true, "https://backup.eu-west-1.api.aws/")]
    [InlineData("eu-west-1", true, true, "https://backup-fips.eu-west-1.api.aws/")]
    public void The_services_url_follows_region_and_settings(string region, bool fips, bool dualStack, string url) =>
        Assert.Equal(url, BackupEndpoint.Of(region, fips, dualStack).ToString());

    [Fact]
    public async Task Its_url_can_be_configured_for_this_service_alone()
    {
        await using var server = await FakeServer.StartAsync(context => FakeServer.JsonAsync(context, """{"ResourceTypeOptInPreference":{}}"""));
        using var client = new BackupClient(AwsScene.Options(new Uri("http://127.0.0.1:9"), ("AWS_ENDPOINT_URL_BACKUP", server.Uri.ToString())) with { EndpointUrl = null }, NullReporter.Instance);
        await client.DescribeRegionSettingsAsync(Token);
        Assert.Equal(["GET /account-settings"], server.Requests);
    }
}
