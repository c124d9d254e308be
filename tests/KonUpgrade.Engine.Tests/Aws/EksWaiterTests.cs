using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>Waiting as the service's own waiters do, and telling what they keep to themselves.</summary>
public sealed class EksWaiterTests
{
    private static readonly TimeSpan Shorter = TimeSpan.FromMinutes(5);
    private readonly ManualTime _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_group_is_looked_at_every_30_seconds_until_it_is_active()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer(Group("CREATING")).Answer(Group("CREATING")).Answer(Group("ACTIVE"));
        var group = await _time.RunAsync(Waiter(scene).NodegroupActiveAsync("blue", "general", null, Token), Shorter);
        Assert.Equal("ACTIVE", group.Status);
        Assert.Equal([30, 30], _time.Waited.Select(wait => wait.TotalSeconds));
        Assert.Equal(["CREATING, for 0 s", "CREATING, for 30 s"], scene.Reporter.Reports.Where(report => !report.Completed).Select(report => report.Status));
        Assert.True(scene.Reporter.Reports.Last().Completed);
    }

    [Fact]
    public async Task A_node_group_that_could_not_be_made_says_why_and_what_to_do()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer(Group("CREATING", """{"code":"AsgInstanceLaunchFailures","message":"no capacity","resourceIds":["asg-1"]}"""))
            .Answer(Group("CREATE_FAILED", """{"code":"NodeCreationFailure","message":"Instances failed to join.","resourceIds":["i-1","i-2"]}"""));
        var e = await Assert.ThrowsAsync<EksStateException>(() => _time.RunAsync(Waiter(scene).NodegroupActiveAsync("blue", "general", null, Token), Shorter));
        Assert.Equal(("NodegroupCreateFailed", "CREATE_FAILED", "blue/general"), (e.Failure.Id, e.Status, e.Failure.Target));
        Assert.Contains("NodeCreationFailure (i-1, i-2): Instances failed to join", e.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("node role", e.Failure.Recommendation, StringComparison.Ordinal);
        Assert.Equal("NodeCreationFailure", e.Issues.Single().Code);
        // What the service sees while it still tries is not kept back for 40 minutes.
        Assert.Contains("AsgInstanceLaunchFailures (asg-1): no capacity", scene.Reporter.Of("warning").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETING", "NodegroupDeleting")]
    [InlineData("DELETE_FAILED", "NodegroupDeleting")]
    public async Task A_node_group_that_goes_is_not_waited_for(string status, string id)
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer(Group(status));
        var e = await Assert.ThrowsAsync<EksStateException>(() => Waiter(scene).NodegroupActiveAsync("blue", "general", null, Token));
        Assert.Equal(id, e.Failure.Id);
    }

    [Fact]
    public async Task A_degraded_node_group_may_become_active_yet_and_tells_its_issues_at_the_end()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Last = (200, null, Group("DEGRADED", """{"code":"InsufficientFreeAddresses","message":"full","resourceIds":["subnet-1"]}"""));
        var e = await Assert.ThrowsAsync<EksException>(() => _time.RunAsync(Waiter(scene).NodegroupActiveAsync("blue", "general", null, Token), Shorter));
        Assert.Equal(("EksWaitTimeout", FailureKind.Timeout), (e.Failure.Id, e.Failure.Kind));
        Assert.Contains("it is DEGRADED. EKS says: InsufficientFreeAddresses (subnet-1): full", e.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(40), _time.Waited.Aggregate((sum, wait) => sum + wait));
        Assert.Single(scene.Reporter.Of("warning"));
    }

    [Fact]
    public async Task A_node_group_is_gone_when_it_is_not_there_or_another_one_is()
    {
        await using var scene = await EksScene.StartAsync();
        // Right after the call it may still be told as it was.
        scene.Answer(Group("ACTIVE")).Answer(Group("DELETING")).Answer("""{"message":"No node group found for name: general."}""", 404, "ResourceNotFoundException");
        await _time.RunAsync(Gone("arn-1"), Shorter);
        Assert.Equal(2, _time.Waited.Count);
        scene.Answer(Group("CREATING"));
        await _time.RunAsync(Gone("arn-0"), Shorter);
        scene.Answer(Group("DELETE_FAILED", """{"code":"Ec2SecurityGroupDeletionFailure","message":"in use","resourceIds":["sg-1"]}"""));
        var e = await Assert.ThrowsAsync<EksStateException>(() => Gone("arn-1"));
        Assert.Equal("NodegroupDeleteFailed", e.Failure.Id);

        async Task<bool> Gone(string arn)
        {
            await Waiter(scene).NodegroupDeletedAsync("blue", "general", arn, null, Token);
            return true;
        }
    }

    [Fact]
    public async Task A_cluster_that_failed_is_not_waited_for()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer("""{"cluster":{"name":"blue","status":"CREATING"}}""").Answer("""{"cluster":{"name":"blue","status":"FAILED"}}""");
        var e = await Assert.ThrowsAsync<EksStateException>(() => _time.RunAsync(Waiter(scene).ClusterActiveAsync("blue", null, Token), Shorter));
        Assert.Equal("ManagedClusterFailed", e.Failure.Id);
        scene.Answer("""{"cluster":{"name":"blue","status":"ACTIVE"}}""");
        Assert.Equal("ACTIVE", (await Waiter(scene).ClusterActiveAsync("blue", null, Token)).Status);
    }

    [Theory]
    [InlineData("Failed", "ClusterUpdateFailed")]
    [InlineData("Cancelled", "ClusterUpdateCancelled")]
    public async Task An_update_that_failed_tells_its_errors(string status, string id)
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer("""{"update":{"id":"u-1","status":"InProgress"}}""")
            .Answer($$$"""{"update":{"id":"u-1","status":"{{{status}}}","errors":[{"errorCode":"PodEvictionFailure","errorMessage":"a budget lets no pod go","resourceIds":["ip-10-0-0-1"]}]}}""");
        var e = await Assert.ThrowsAsync<EksStateException>(() => _time.RunAsync(Waiter(scene).UpdateSuccessfulAsync("blue", "u-1", "general", null, Token), Shorter));
        Assert.Equal(id, e.Failure.Id);
        Assert.Contains("PodEvictionFailure (ip-10-0-0-1): a budget lets no pod go", e.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("PodDisruptionBudgets", e.Failure.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_update_is_waited_for_as_long_as_the_caller_says()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Last = (200, null, """{"update":{"id":"u-1","status":"InProgress"}}""");
        var options = new EksWaitOptions { Interval = TimeSpan.FromSeconds(10), Timeout = TimeSpan.FromSeconds(30), ParentActivity = "Moving" };
        var e = await Assert.ThrowsAsync<EksException>(() => _time.RunAsync(Waiter(scene).UpdateSuccessfulAsync("blue", "u-1", null, options, Token), Shorter));
        Assert.Equal("EksWaitTimeout", e.Failure.Id);
        Assert.Equal([10, 10, 10], _time.Waited.Select(wait => wait.TotalSeconds));
        Assert.All(scene.Reporter.Reports, report => Assert.Equal("Moving", report.ParentActivity));
    }

    [Theory]
    [InlineData(45, new[] { 30d, 15d })]
    [InlineData(10, new[] { 10d })]
    public async Task The_last_look_is_at_the_end_of_the_time(int seconds, double[] waited)
    {
        await using var scene = await EksScene.StartAsync();
        foreach (var _ in waited)
            scene.Answer(Group("CREATING"));
        scene.Answer(Group("ACTIVE"));
        var options = new EksWaitOptions { Timeout = TimeSpan.FromSeconds(seconds) };
        Assert.Equal("ACTIVE", (await _time.RunAsync(Waiter(scene).NodegroupActiveAsync("blue", "general", options, Token), Shorter)).Status);
        Assert.Equal(waited, _time.Waited.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task A_look_that_is_throttled_or_gets_no_answer_is_not_the_end()
    {
        await using var scene = await EksScene.StartAsync(("AWS_MAX_ATTEMPTS", "1"));
        scene.Answer("""{"message":"Rate exceeded"}""", 429, "ThrottlingException").Answer("""{"message":"later"}""", 503, "ServiceUnavailableException").Answer(Group("ACTIVE"));
        await _time.RunAsync(Waiter(scene).NodegroupActiveAsync("blue", "general", null, Token), Shorter);
        Assert.Equal(3, scene.Seen.Count);
        scene.Answer("""{"message":"no"}""", 403, "AccessDeniedException");
        await Assert.ThrowsAsync<AccessDeniedException>(() => Waiter(scene).NodegroupActiveAsync("blue", "general", null, Token));
    }

    [Fact]
    public async Task Waiting_stops_at_once_when_it_is_cancelled()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Last = (200, null, Group("CREATING"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var waiting = Waiter(scene).NodegroupActiveAsync("blue", "general", null, stop.Token);
        await Eventually.TrueAsync(() => _time.IsWaitedFor(TimeSpan.FromSeconds(30)), "the next look is waited for", Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private EksWaiter Waiter(EksScene scene) => new(scene.Client, scene.Reporter, _time);

    private static string Group(string status, string? issue = null) =>
        $$$"""{"nodegroup":{"health":{"issues":[ {{{issue}}} ]},"nodegroupName":"general","nodegroupArn":"arn-1","status":"{{{status}}}"}} """;
}
