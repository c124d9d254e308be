using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Snapshots;

public sealed class SnapshotWaiterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("FAILED", StateSnapshotStatus.Failed, "SnapshotFailed")]
    [InlineData("ABORTED", StateSnapshotStatus.Aborted, "SnapshotAborted")]
    [InlineData("PARTIAL", StateSnapshotStatus.Partial, "SnapshotPartial")]
    [InlineData("COMPLETED", StateSnapshotStatus.CompletedWithIssues, "SnapshotHasIssues")]
    public async Task Each_end_is_told_apart_with_the_services_words_and_a_remedy(string outcome, StateSnapshotStatus status, string id)
    {
        await using var live = await LiveBackup.StartAsync(speed: 400);
        live.Service.AddTrouble(new BackupTrouble(outcome) { ResourceArn = LiveBackup.Bucket, Message = "as asked." });
        var ended = await live.TakeAsync(live.Request(), LiveBackup.Bucket, LiveBackup.Files);
        var bad = ended.Single(snapshot => snapshot.ResourceArn == LiveBackup.Bucket);
        Assert.Equal((status, id, outcome, "as asked.", false), (bad.Status, bad.Failure?.Id, bad.State, bad.StatusMessage, bad.Complete));
        Assert.Contains("as asked", bad.Failure!.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(bad.Failure.Recommendation));
        Assert.True(ended.Single(snapshot => snapshot.ResourceArn == LiveBackup.Files).Complete);
    }

    [Fact]
    public async Task One_that_does_not_begin_in_its_window_has_expired()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        live.Service.AddTrouble(new BackupTrouble("EXPIRED"));
        var begun = await live.StartAsync(LiveBackup.Database, live.Request() with { StartWindow = TimeSpan.FromHours(1) });
        live.Service.Advance(TimeSpan.FromHours(2));
        var expired = await new SnapshotWaiter(live.Client, live.Told).WaitAsync([begun], live.Quick, Token).SingleAsync(Token);
        Assert.Equal((StateSnapshotStatus.Expired, "SnapshotExpired", FailureKind.Timeout), (expired.Status, expired.Failure?.Id, expired.Failure?.Kind));
        Assert.Contains("-StartWindow", expired.Failure!.Recommendation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("S3", "Bucket versioning is not enabled", "INVALIDPARAMETERS", "put-bucket-versioning --bucket artifacts")]
    [InlineData("S3", "does not have sufficient permissions", null, "AWSBackupServiceRolePolicyForS3Backup")]
    [InlineData("EFS", "", "AccessDenied", "AWSBackupServiceRolePolicyForBackup")]
    [InlineData("RDS", "Retention period is shorter than the minimum", null, "-DeleteAfterDays")]
    public async Task A_failed_job_says_what_to_do_by_its_cause(string type, string message, string? category, string words)
    {
        await using var scene = await Aws.BackupScene.StartAsync();
        scene.Answer($$"""{"BackupJobId":"1","ResourceArn":"arn:x:artifacts","ResourceType":"{{type}}","ResourceName":"artifacts","State":"FAILED","StatusMessage":"{{message}}","MessageCategory":"{{category}}","IamRoleArn":"arn:role"}""");
        var failed = await new SnapshotWaiter(scene.Client, scene.Reporter).WaitAsync([Running("1")], new SnapshotWaitOptions(), Token).SingleAsync(Token);
        Assert.Contains(words, failed.Failure!.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_parts_of_a_cluster_are_one_list_and_those_that_failed_are_named()
    {
        await using var live = await LiveBackup.StartAsync(speed: 400);
        live.Service.AddTrouble(new BackupTrouble("FAILED") { ResourceArn = LiveBackup.Volume, Message = "no room" });
        var cluster = Assert.Single(await live.TakeAsync(live.Request(), LiveBackup.Cluster));
        Assert.Equal((StateSnapshotStatus.Partial, "SnapshotPartial"), (cluster.Status, cluster.Failure?.Id));
        Assert.Equal([(LiveBackup.Files, StateSnapshotStatus.Completed, null), (LiveBackup.Volume, StateSnapshotStatus.Failed, "SnapshotFailed")],
            cluster.Parts.OrderByDescending(part => part.ResourceArn, StringComparer.Ordinal).Select(part => (part.ResourceArn, part.Status, part.Failure?.Id)));
        Assert.All(cluster.Parts, part => Assert.Equal((cluster.BackupJobId, "before-green"), (part.ParentJobId, part.Name)));
        Assert.Contains($"{LiveBackup.Volume} (Failed: no room)", cluster.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parts_of_parts_are_in_the_same_list()
    {
        await using var scene = await Aws.BackupScene.StartAsync();
        scene.Answer("""{"BackupJobId":"1","ResourceArn":"a","State":"COMPLETED","IsParent":true}""")
            .Answer("""{"BackupJobs":[{"BackupJobId":"2","ParentJobId":"1","ResourceArn":"b","State":"COMPLETED","IsParent":true}]}""")
            .Answer("""{"BackupJobs":[{"BackupJobId":"3","ParentJobId":"2","ResourceArn":"c","State":"COMPLETED"}]}""");
        var whole = await new SnapshotWaiter(scene.Client, scene.Reporter).WaitAsync([Running("1")], new SnapshotWaitOptions(), Token).SingleAsync(Token);
        Assert.Equal(["b", "c"], whole.Parts.Select(part => part.ResourceArn));
    }

    [Fact]
    public async Task A_word_that_is_not_known_is_no_end_and_a_look_that_fails_neither()
    {
        await using var scene = await Aws.BackupScene.StartAsync(("AWS_MAX_ATTEMPTS", "1"));
        scene.Answer("""{"BackupJobId":"1","State":"HIBERNATING"}""").Answer("""{"message":"Rate exceeded"}""", 429, "ThrottlingException").Answer("{}", 503, "ServiceUnavailableException")
            .Answer("""{"BackupJobId":"1","ResourceArn":"arn:x","State":"COMPLETED","MessageCategory":"SUCCESS"}""");
        var done = await new SnapshotWaiter(scene.Client, scene.Reporter).WaitAsync([Running("1")], new SnapshotWaitOptions { Interval = TimeSpan.FromMilliseconds(1) }, Token).SingleAsync(Token);
        Assert.Equal((StateSnapshotStatus.Completed, 4), (done.Status, scene.Seen.Count));
    }

    [Fact]
    public async Task A_login_that_may_not_look_ends_the_wait()
    {
        await using var scene = await Aws.BackupScene.StartAsync(("AWS_MAX_ATTEMPTS", "1"));
        scene.Answer("""{"message":"no"}""", 403, "AccessDeniedException");
        await Assert.ThrowsAsync<AccessDeniedException>(async () => await new SnapshotWaiter(scene.Client, scene.Reporter).WaitAsync([Running("1")], new SnapshotWaitOptions(), Token).ToListAsync(Token));
    }

    [Fact]
    public async Task A_job_that_is_known_no_more_is_told_and_the_others_are_waited_for()
    {
        await using var live = await LiveBackup.StartAsync(speed: 400);
        var begun = await live.StartAsync(LiveBackup.Files);
        var ended = await new SnapshotWaiter(live.Client, live.Told).WaitAsync([Running("nope"), begun], live.Quick, Token).ToListAsync(Token);
        Assert.Equal([("nope", "BackupJobNotFound"), (begun.BackupJobId, null)], ended.Select(snapshot => (snapshot.BackupJobId, snapshot.Failure?.Id)));
    }

    [Fact]
    public async Task When_the_time_is_over_what_goes_on_is_given_with_a_failure_that_says_so()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var begun = await live.StartAsync(LiveBackup.Files);
        live.Service.Advance(TimeSpan.FromSeconds(26));
        var left = await new SnapshotWaiter(live.Client, live.Told).WaitAsync([begun], live.Quick with { Timeout = TimeSpan.FromMilliseconds(50) }, Token).SingleAsync(Token);
        Assert.Equal((StateSnapshotStatus.Running, "SnapshotWaitTimeout", FailureKind.Timeout), (left.Status, left.Failure?.Id, left.Failure?.Kind));
        Assert.Contains("Running, 50 %", left.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("Wait-StateSnapshot", left.Failure.Recommendation, StringComparison.Ordinal);
        live.Service.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await new SnapshotWaiter(live.Client, live.Told).WaitAsync([left], live.Quick, Token).SingleAsync(Token)).Complete);
    }

    [Fact]
    public async Task Bytes_and_percent_are_progress_and_every_activity_ends()
    {
        await using var live = await LiveBackup.StartAsync(speed: 0);
        var begun = await live.StartAsync(LiveBackup.Files);
        live.Service.Advance(TimeSpan.FromSeconds(26));
        await new SnapshotWaiter(live.Client, live.Told).WaitAsync([begun], live.Quick with { Timeout = TimeSpan.Zero }, Token).ToListAsync(Token);
        var told = live.Told.Reports.Where(report => report.Activity == $"Backing up {LiveBackup.Files}").ToList();
        Assert.Equal(("RUNNING, 50 %, 1024 MiB", 50, 100L), (told[0].Status, told[0].Done, told[0].Total));
        Assert.All(live.Told.Reports.GroupBy(report => report.Activity), reports => Assert.True(reports.Last().Completed));
    }

    [Fact]
    public async Task What_has_ended_already_is_given_at_once()
    {
        await using var scene = await Aws.BackupScene.StartAsync();
        var done = Running("1") with { Status = StateSnapshotStatus.Completed };
        Assert.Equal([done], await new SnapshotWaiter(scene.Client, scene.Reporter).WaitAsync([done], new SnapshotWaitOptions(), Token).ToListAsync(Token));
        Assert.Empty(scene.Seen);
    }

    [Fact]
    public async Task Snapshots_are_listed_with_their_names_and_their_parts_within_them()
    {
        await using var live = await LiveBackup.StartAsync(speed: 400);
        await live.TakeAsync(live.Request("monday"), LiveBackup.Cluster, LiveBackup.Database);
        await live.TakeAsync(live.Request("tuesday"), LiveBackup.Files);
        var reader = live.Reader;
        var all = await reader.ListAsync(new SnapshotFilter(), Token).ToListAsync(Token);
        Assert.Equal([("EFS", "tuesday", 0), ("EKS", "monday", 2), ("RDS", "monday", 0)], all.Select(snapshot => (snapshot.ResourceType, snapshot.Name, snapshot.Parts.Count)).OrderBy(each => each.ResourceType, StringComparer.Ordinal));
        Assert.Equal(["EFS"], await reader.ListAsync(new SnapshotFilter { Name = name => name.StartsWith("tue", StringComparison.Ordinal) }, Token).Select(snapshot => snapshot.ResourceType).ToListAsync(Token));
        Assert.Equal("RDS", (await reader.ListAsync(new SnapshotFilter { ResourceArn = LiveBackup.Database }, Token).SingleAsync(Token)).ResourceType);
        Assert.Equal("tuesday", (await reader.GetAsync(all[0].BackupJobId!, Token)).Name);
    }

    [Fact]
    public async Task Snapshots_that_RDS_and_EC2_keep_are_found_by_their_names_too()
    {
        await using var live = await LiveBackup.StartAsync(speed: 400);
        await live.TakeAsync(live.Request("monday"), LiveBackup.Volume, LiveBackup.Database);
        await live.TakeAsync(live.Request("tuesday"), LiveBackup.Volume);
        var monday = await live.Reader.ListAsync(new SnapshotFilter { Name = static name => name == "monday" }, Token).ToListAsync(Token);
        Assert.Equal(["EBS", "RDS"], monday.Select(snapshot => snapshot.ResourceType!).Order(StringComparer.Ordinal));
        // Without the right they have no name, which is told once, and not that they are not there.
        live.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "GetResources", Count = null });
        Assert.Equal([null, null, null], await live.Reader.ListAsync(new SnapshotFilter(), Token).Select(snapshot => snapshot.Name).ToListAsync(Token));
        Assert.Contains("tag:GetResources", Assert.Single(live.Told.Of("warning")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_backed_up_has_a_name_that_people_know()
    {
        await using var live = await LiveBackup.StartAsync(speed: 400);
        live.Service.Add(new BackupResource(LiveBackup.Volume) { Tags = new Dictionary<string, string> { ["Name"] = "ledger data" } });
        var taken = await live.TakeAsync(live.Request(), LiveBackup.Volume, LiveBackup.Database);
        Assert.Equal(["ledger data", "pipelines"], taken.Select(snapshot => snapshot.ResourceName!).Order(StringComparer.Ordinal));
        // What the service does not name has the end of its ARN.
        Assert.Equal("vol-1", SnapshotView.Of(new BackupJob { ResourceArn = "arn:aws:ec2:eu-west-1:1:volume/vol-1" }, "eu-west-1").ResourceName);
        Assert.Equal("home", SnapshotView.Of(new BackupJob { ResourceName = "x" }, "eu-west-1", new StateSnapshot { ResourceArn = "arn", ResourceName = "home", Status = StateSnapshotStatus.Created }).ResourceName);
    }

    private static StateSnapshot Running(string id) => new() { ResourceArn = $"arn:{id}", Status = StateSnapshotStatus.Running, BackupJobId = id };
}
