using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Snapshots;

public sealed class SnapshotTakerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resources_are_backed_up_side_by_side_under_one_name_and_each_is_given_when_it_ends()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var request = live.Request() with { DeleteAfterDays = 14, StartWindow = TimeSpan.FromHours(1), CompleteWindow = TimeSpan.FromHours(3), Tags = new Dictionary<string, string> { ["team"] = "platform" } };
        var begun = new List<StateSnapshot>();
        foreach (var resource in new[] { LiveBackup.Database, LiveBackup.Files, LiveBackup.Bucket })
            begun.Add(await live.StartAsync(resource, request));
        var ended = new List<StateSnapshot>();
        // The bucket is done after 30 s, the files after 42, the database after 138.
        live.Service.Advance(TimeSpan.FromSeconds(36));
        await foreach (var snapshot in new SnapshotWaiter(live.Client, live.Told).WaitAsync(begun, live.Quick, Token))
        {
            ended.Add(snapshot);
            live.Service.Advance(TimeSpan.FromSeconds(ended.Count == 1 ? 20 : 120));
        }

        Assert.Equal([LiveBackup.Bucket, LiveBackup.Files, LiveBackup.Database], ended.Select(snapshot => snapshot.ResourceArn));
        Assert.All(ended, snapshot => Assert.Equal(
            ("before-green", StateSnapshotStatus.Completed, "COMPLETED", true, false, 1, 100.0, 14L, "Default"),
            (snapshot.Name, snapshot.Status, snapshot.State, snapshot.Complete, snapshot.IsExisting, snapshot.Attempt, snapshot.PercentDone, snapshot.DeleteAfterDays, snapshot.BackupVaultName)));
        Assert.All(ended, snapshot => Assert.Null(snapshot.Failure));
        Assert.Equal(["S3", "EFS", "RDS"], ended.Select(snapshot => snapshot.ResourceType));
        Assert.Equal([64L << 20, 2L << 30, 8L << 30], ended.Select(snapshot => snapshot.BackupSizeInBytes!.Value));
        var tags = await live.Client.ListTagsAsync(ended[1].RecoveryPointArn!, Token);
        Assert.Equal(("platform", "before-green"), (tags["team"], tags["konupgrade.dev/snapshot"]));
        Assert.True((ended[0].StartBy - ended[0].CreationDate)!.Value < TimeSpan.FromMinutes(61));
    }

    [Fact]
    public async Task A_second_run_finds_what_runs_and_begins_none_twice()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var first = await live.StartAsync(LiveBackup.Database);
        Assert.False(first.IsExisting);
        live.Service.Advance(TimeSpan.FromSeconds(12));
        var again = await live.StartAsync(LiveBackup.Database);
        // By its name: the how manieth try it is, that does not tell.
        Assert.Equal((first.BackupJobId, true, StateSnapshotStatus.Running, 0), (again.BackupJobId, again.IsExisting, again.Status, again.Attempt));
        Assert.Equal(1, await live.JobsAsync());
        var other = await live.StartAsync(LiveBackup.Database, live.Request("another-name"));
        Assert.NotEqual(first.BackupJobId, other.BackupJobId);
        Assert.Contains(live.Told.Of("warning"), warning => warning.Contains(first.BackupJobId!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_whose_answer_is_lost_begins_one_job()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var lost = live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Verb = "StartBackupJob", AfterBytes = 0 });
        var begun = await live.StartAsync(LiveBackup.Files);
        Assert.Equal(1, live.Host.Faults.Struck(lost));
        Assert.Equal((1, StateSnapshotStatus.Created), (await live.JobsAsync(), begun.Status));
    }

    [Theory]
    [InlineData(LiveBackup.Files, false)]
    [InlineData(LiveBackup.Files, true)]
    [InlineData(LiveBackup.Database, false)]
    public async Task A_run_that_is_stopped_between_a_start_and_its_answer_leaves_one_job_for_the_next(string resource, bool forgets)
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var unanswered = live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Unanswered, Verb = "StartBackupJob" });
        using var stop = new CancellationTokenSource();
        var taker = live.Taker();
        await taker.PrepareAsync(Token);
        var run = taker.StartAsync(new SnapshotStore(resource), stop.Token);
        await Eventually.TrueAsync(() => live.Host.Faults.Struck(unanswered) == 1, "the job is begun", Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        if (forgets)
            live.Service.ForgetTokens();
        var found = await live.StartAsync(resource);
        Assert.Equal((1, true, StateSnapshotStatus.Created), (await live.JobsAsync(), found.IsExisting, found.Status));
    }

    [Fact]
    public async Task A_tagging_service_that_can_not_be_reached_is_in_nobodys_way()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0, ("AWS_MAX_ATTEMPTS", "1"));
        var first = await live.StartAsync(LiveBackup.Database);
        live.Service.Advance(TimeSpan.FromSeconds(15));
        live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, StatusCode = 503, Verb = "GetResources", Count = null });
        // The request itself finds it.
        Assert.Equal((first.BackupJobId, 1), await live.StartAsync(LiveBackup.Database) is var again ? (again.BackupJobId, again.Attempt) : default);
        Assert.Equal([null], await live.Reader.ListAsync(new SnapshotFilter(), Token).Select(snapshot => snapshot.Name).ToListAsync(Token));
        Assert.Equal(2, live.Told.Of("warning").Count);
    }

    [Theory]
    [InlineData(LiveBackup.Database)]
    [InlineData(LiveBackup.Volume)]
    public async Task A_job_whose_snapshot_another_service_keeps_is_known_by_its_name_too(string resource)
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var first = await live.StartAsync(resource);
        // It has none before it runs.
        live.Service.Advance(TimeSpan.FromSeconds(15));
        live.Service.ForgetTokens();
        Assert.Equal(first.BackupJobId, (await live.StartAsync(resource)).BackupJobId);
        Assert.Equal(1, await live.JobsAsync());
    }

    [Fact]
    public async Task A_job_of_ours_is_known_by_its_name_when_the_service_has_forgotten_the_request()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var first = await live.StartAsync(LiveBackup.Files);
        live.Service.ForgetTokens();
        Assert.Equal(first.BackupJobId, (await live.StartAsync(LiveBackup.Files)).BackupJobId);
        Assert.NotEqual(first.BackupJobId, (await live.StartAsync(LiveBackup.Files, live.Request("another-name"))).BackupJobId);
    }

    [Theory]
    [InlineData("FAILED")]
    [InlineData("ABORTED")]
    [InlineData("PARTIAL")]
    [InlineData("COMPLETED")]
    public async Task A_job_that_ended_badly_is_not_answered_again(string outcome)
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Service.AddTrouble(new BackupTrouble(outcome) { Count = 1 });
        var first = await live.StartAsync(LiveBackup.Files);
        live.Service.Advance(TimeSpan.FromMinutes(2));
        var second = await live.StartAsync(LiveBackup.Files);
        Assert.NotEqual(first.BackupJobId, second.BackupJobId);
        Assert.Equal((2, false, StateSnapshotStatus.Created), (second.Attempt, second.IsExisting, second.Status));
        // The next run finds the second attempt, past the first.
        live.Service.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal((second.BackupJobId, true), await live.StartAsync(LiveBackup.Files) is var third ? (third.BackupJobId, third.IsExisting) : default);
        Assert.Equal(2, await live.JobsAsync());
    }

    [Fact]
    public async Task What_was_backed_up_before_is_given_back_with_a_warning_and_made_anew_when_it_is_gone()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var first = await live.StartAsync(LiveBackup.Files);
        live.Service.Advance(TimeSpan.FromMinutes(2));
        var again = await live.StartAsync(LiveBackup.Files);
        Assert.Equal((first.BackupJobId, true, StateSnapshotStatus.Completed), (again.BackupJobId, again.IsExisting, again.Status));
        Assert.Contains(live.Told.Of("warning"), warning => warning.Contains("Another name makes a new backup", StringComparison.Ordinal));
        live.Service.Advance(TimeSpan.FromDays(1));
        Assert.Single(await live.Client.ListRecoveryPointsByBackupVaultAsync("Default", null, null, Token).ToListAsync(Token));
        // Only what expires by itself can go without the operation that deletes, which we never call.
        var brief = live.Request("brief") with { DeleteAfterDays = 1 };
        var gone = await live.StartAsync(LiveBackup.Bucket, brief);
        live.Service.Advance(TimeSpan.FromDays(2));
        Assert.Equal((2, false), await live.StartAsync(LiveBackup.Bucket, brief) is var anew ? (anew.Attempt, anew.IsExisting) : default);
        Assert.NotEqual(gone.BackupJobId, again.BackupJobId);
    }

    [Fact]
    public async Task A_running_job_of_the_same_name_with_other_settings_goes_on_and_a_failed_one_does_not_bar_the_way()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var first = await live.StartAsync(LiveBackup.Database);
        var changed = live.Request() with { DeleteAfterDays = 30 };
        Assert.Equal(first.BackupJobId, (await live.StartAsync(LiveBackup.Database, changed)).BackupJobId);
        Assert.Contains(live.Told.Of("warning"), warning => warning.Contains("with other settings", StringComparison.Ordinal));
        live.Service.AddTrouble(new BackupTrouble("FAILED") { Count = 1 });
        live.Service.Advance(TimeSpan.FromHours(1));
        var next = await live.StartAsync(LiveBackup.Database, changed);
        Assert.Equal((2, false), (next.Attempt, next.IsExisting));
    }

    [Fact]
    public async Task A_vault_that_is_not_there_is_told_with_those_that_are_and_made_when_asked()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var taker = live.Taker(live.Request(vault: "before-green"));
        Assert.False(await taker.PrepareAsync(Token));
        var missing = (await taker.VaultMissingAsync(Token)).Failure;
        Assert.Equal(("BackupVaultNotFound", "There is no vault 'before-green' in eu-central-1. There are: Default."), (missing.Id, missing.Message));
        Assert.Contains("-CreateVault", missing.Recommendation, StringComparison.Ordinal);
        await taker.CreateVaultAsync(Token);
        Assert.Equal("before-green", (await taker.StartAsync(new SnapshotStore(LiveBackup.Files), Token)).BackupVaultName);
        Assert.True(await live.Taker(live.Request(vault: "before-green")).PrepareAsync(Token));
        Assert.Equal("BackupVaultNameInvalid", (await Assert.ThrowsAsync<UpgradeException>(() => live.Taker(live.Request(vault: "a b")).PrepareAsync(Token))).Failure.Id);
    }

    [Fact]
    public async Task A_vault_that_may_not_be_looked_at_is_not_taken_for_a_missing_one()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "DescribeBackupVault", Count = null });
        var denied = await Assert.ThrowsAsync<AccessDeniedException>(() => live.Taker().PrepareAsync(Token));
        Assert.Contains("backup:DescribeBackupVault", denied.Failure.Recommendation, StringComparison.Ordinal);
        // Where the list may not be seen either, nothing is known.
        live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "ListBackupVaults", Count = null });
        await Assert.ThrowsAsync<AccessDeniedException>(() => live.Taker(live.Request(vault: "nowhere")).PrepareAsync(Token));
    }

    [Theory]
    [InlineData(29, true)]
    [InlineData(30, false)]
    [InlineData(366, true)]
    [InlineData(null, true)]
    public async Task A_locked_vault_is_refused_before_any_job_where_it_would_fail_each(int? days, bool isRefused)
    {
        await using var scene = await Aws.BackupScene.StartAsync();
        scene.Answer("""{"BackupVaultName":"Default","VaultType":"BACKUP_VAULT","Locked":true,"MinRetentionDays":30,"MaxRetentionDays":365}""").Answer("{}");
        var taker = new SnapshotTaker(scene.Client, scene.Tagging, new SnapshotRequest { Name = "n", BackupVaultName = "Default", IamRoleArn = "r", DeleteAfterDays = days }, scene.Reporter);
        if (isRefused)
        {
            var refused = (await Assert.ThrowsAsync<UpgradeException>(() => taker.PrepareAsync(Token))).Failure;
            Assert.Equal(("BackupVaultLocked", FailureKind.Refused), (refused.Id, refused.Kind));
            Assert.Contains("30 to 365 days", refused.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.True(await taker.PrepareAsync(Token));
            Assert.Contains(scene.Reporter.Of("warning"), warning => warning.Contains("locked", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("LOGICALLY_AIR_GAPPED_BACKUP_VAULT", "AVAILABLE")]
    [InlineData("BACKUP_VAULT", "FAILED")]
    public async Task A_vault_that_takes_no_backups_is_refused(string type, string state)
    {
        await using var scene = await Aws.BackupScene.StartAsync();
        scene.Answer($$"""{"BackupVaultName":"Default","VaultType":"{{type}}","VaultState":"{{state}}"}""");
        var taker = new SnapshotTaker(scene.Client, scene.Tagging, new SnapshotRequest { Name = "n", BackupVaultName = "Default", IamRoleArn = "r" }, scene.Reporter);
        Assert.Equal("BackupVaultNotUsable", (await Assert.ThrowsAsync<UpgradeException>(() => taker.PrepareAsync(Token))).Failure.Id);
    }

    [Theory]
    [InlineData("fs-0123", "ResourceArnInvalid")]
    [InlineData("arn:aws:rds:::db:pipelines", "ResourceArnInvalid")]
    [InlineData("arn:aws:s3:::artifacts/key", "ResourceTypeNotSupported")]
    [InlineData("arn:aws:sqs:eu-central-1:123456789012:queue", "ResourceTypeNotSupported")]
    [InlineData("arn:aws:rds:us-east-1:123456789012:db:pipelines", "ResourceInOtherRegion")]
    [InlineData("arn:aws:rds:eu-central-1:999999999999:db:pipelines", "ResourceInOtherAccount")]
    [InlineData("arn:aws:rds:eu-central-1:123456789012:db:nobody", "BackupResourceNotFound")]
    public async Task What_can_not_be_backed_up_is_a_failed_object_and_begins_nothing(string arn, string id)
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var failed = await live.StartAsync(arn);
        Assert.Equal((StateSnapshotStatus.Failed, id, arn, false), (failed.Status, failed.Failure?.Id, failed.ResourceArn, failed.Complete));
        Assert.False(string.IsNullOrEmpty(failed.Failure!.Recommendation));
        Assert.Equal(0, await live.JobsAsync());
        Assert.Equal([failed], await new SnapshotWaiter(live.Client, live.Told).WaitAsync([failed], live.Quick, Token).ToListAsync(Token));
    }

    [Fact]
    public async Task A_type_that_is_switched_off_and_a_role_that_may_not_be_assumed_are_told_with_the_remedy()
    {
        await using var scene = await Aws.BackupScene.StartAsync();
        scene.Answer("""{"BackupVaultName":"Default","BackupVaultArn":"arn:aws:backup:eu-west-1:111122223333:backup-vault:Default"}""").Answer("""{"ResourceTypeOptInPreference":{"EFS":false,"RDS":true}}""");
        var taker = new SnapshotTaker(scene.Client, scene.Tagging, new SnapshotRequest { Name = "n", BackupVaultName = "Default", IamRoleArn = "r" }, scene.Reporter);
        Assert.True(await taker.PrepareAsync(Token));
        var off = taker.Check(new SnapshotStore("arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-1"));
        Assert.Equal("ResourceTypeNotOptedIn", off?.Id);
        Assert.Contains("--resource-type-opt-in-preference EFS=true", off!.Recommendation, StringComparison.Ordinal);
        Assert.Null(taker.Check(new SnapshotStore("arn:aws:rds:eu-west-1:111122223333:db:x")));
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var failed = await live.StartAsync(LiveBackup.Files, live.Request() with { IamRoleArn = "arn:aws:iam::123456789012:role/other" });
        Assert.Equal("BackupRoleNotAssumable", failed.Failure?.Id);
        Assert.Equal(0, await live.JobsAsync());
    }

    [Fact]
    public async Task A_throttled_request_is_sent_again_after_the_sdks_own_tries()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0, ("AWS_MAX_ATTEMPTS", "1"));
        live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.TooManyRequests, Verb = "StartBackupJob", Count = 2, RetryAfterSeconds = 0 });
        live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, StatusCode = 503, Verb = "DescribeBackupJob", Count = 1 });
        var taker = live.Taker(time: new FastTime(50));
        await taker.PrepareAsync(Token);
        var begun = await taker.StartAsync(new SnapshotStore(LiveBackup.Files), Token);
        Assert.Equal((StateSnapshotStatus.Created, 1), (begun.Status, await live.JobsAsync()));
    }

    [Fact]
    public async Task A_right_that_is_missing_for_one_resource_fails_that_one_and_an_expired_login_ends_all()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "StartBackupJob", Name = LiveBackup.Files, Count = null });
        var denied = await live.StartAsync(LiveBackup.Files);
        Assert.Equal((StateSnapshotStatus.Failed, "AwsAccessDenied"), (denied.Status, denied.Failure?.Id));
        Assert.Equal(StateSnapshotStatus.Created, (await live.StartAsync(LiveBackup.Database)).Status);
        live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "ListBackupJobs", Reason = "ExpiredTokenException", Count = null });
        Assert.Equal("AwsLoginRefused", (await Assert.ThrowsAnyAsync<BackupException>(() => live.StartAsync(LiveBackup.Bucket))).Failure.Id);
    }

    [Theory]
    [InlineData(59, null)]
    [InlineData(60, 119)]
    [InlineData(null, 480)]
    public async Task Windows_that_the_service_refuses_are_refused_before(int? start, int? complete)
    {
        await using var scene = await Aws.BackupScene.StartAsync();
        var request = new SnapshotRequest { Name = "n", BackupVaultName = "v2", IamRoleArn = "r", StartWindow = Span(start), CompleteWindow = Span(complete) };
        Assert.Equal("SnapshotWindowInvalid", (await Assert.ThrowsAsync<UpgradeException>(() => new SnapshotTaker(scene.Client, scene.Tagging, request, scene.Reporter).PrepareAsync(Token))).Failure.Id);
        Assert.Empty(scene.Seen);

        static TimeSpan? Span(int? minutes) => minutes is { } number ? TimeSpan.FromMinutes(number) : null;
    }

    [Fact]
    public void A_token_is_name_vault_resource_and_attempt()
    {
        string[] tokens = [SnapshotToken.Of("a", "v", "arn", 1), SnapshotToken.Of("b", "v", "arn", 1), SnapshotToken.Of("a", "w", "arn", 1), SnapshotToken.Of("a", "v", "arx", 1), SnapshotToken.Of("a", "v", "arn", 2)];
        Assert.Distinct(tokens);
        Assert.Equal(SnapshotToken.Of("a", "v", "arn", 1), tokens[0]);
    }
}
