using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Engine.Nodepools.Waiting;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>When a pool is ready, and when it is gone, on a cluster of the sandbox that lives.</summary>
public sealed class NodepoolWaiterTests
{
    private static readonly NodepoolWaitOptions s_long = new() { Timeout = TimeSpan.FromMinutes(2), Interval = TimeSpan.FromMinutes(1) };
    private static readonly NodepoolWaitOptions s_short = new() { Timeout = TimeSpan.FromSeconds(1.5), Interval = TimeSpan.FromMilliseconds(50) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pool_is_ready_when_as_many_nodes_as_it_is_to_have_take_pods_and_that_is_seen_when_it_happens()
    {
        await using var live = await LiveCluster.StartAsync(old: 1);
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool) { Tell = pool => pool with { DesiredSize = 2 } };
        var waiting = new NodepoolWaiter(live.Connection, live.Told).ReadyAsync(keeper, (await keeper.FindAsync("told", Token))!, s_long, Token);
        await live.EventuallyAsync("it waits", () => Task.FromResult(live.Told.Reports.Any(report => report.Status.Contains("1 of 2 nodes take pods (1 not there yet)", StringComparison.Ordinal))));
        // Long before the next look by the clock.
        await live.AddNodeAsync(LiveCluster.Node("old-2", "old"));
        var ready = await waiting.WaitAsync(TimeSpan.FromSeconds(50), Token);
        Assert.Equal((2, 2), (ready.NodeCount, ready.ReadyCount));
        Assert.Equal(["wait active told"], keeper.Asked);
        Assert.True(live.Told.Reports[^1].Completed);
    }

    [Fact]
    public async Task A_node_that_is_cordoned_takes_no_pods_and_the_failure_names_it()
    {
        await using var live = await LiveCluster.StartAsync(old: 2);
        await live.PatchNodeAsync("old-1", """{"spec":{"unschedulable":true}}""");
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool) { Tell = pool => pool with { DesiredSize = 2 } };
        var failure = await FailureAsync(live, keeper, s_short);
        Assert.Equal(("NodepoolNotReady", FailureKind.Timeout), (failure.Id, failure.Kind));
        Assert.Contains("1 of 2 nodes take pods (cordoned: old-1)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Resume-Nodepool told", failure.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_that_is_to_have_no_nodes_is_ready_without_any()
    {
        await using var live = await LiveCluster.StartAsync(old: 0);
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool) { Tell = pool => pool with { DesiredSize = 0 } };
        Assert.Equal(0, (await new NodepoolWaiter(live.Connection, live.Told).ReadyAsync(keeper, (await keeper.FindAsync("told", Token))!, s_long, Token)).NodeCount);
    }

    [Fact]
    public async Task A_change_that_brings_no_nodes_is_over_when_its_provider_says_so_however_the_nodes_stand()
    {
        await using var live = await LiveCluster.StartAsync(old: 1);
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool) { Tell = pool => pool with { DesiredSize = 2 } };
        var pool = (await keeper.FindAsync("told", Token))!;
        var waiter = new NodepoolWaiter(live.Connection, live.Told);
        Assert.Equal(1, (await waiter.UpdatedAsync(keeper, pool, "update-1", bringsNodes: false, s_short, Token)).NodeCount);
        Assert.Equal(["wait update-1"], keeper.Asked);
        var e = await Assert.ThrowsAsync<UpgradeException>(() => waiter.UpdatedAsync(keeper, pool, "update-1", bringsNodes: true, s_short, Token));
        Assert.Equal("NodepoolNotReady", e.Failure.Id);
    }

    [Fact]
    public async Task Another_pool_that_has_the_name_by_now_is_not_waited_for()
    {
        await using var live = await LiveCluster.StartAsync(old: 1);
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool);
        var meant = (await keeper.FindAsync("told", Token))! with { Id = "id-0" };
        var e = await Assert.ThrowsAsync<UpgradeException>(() => new NodepoolWaiter(live.Connection, live.Told).ReadyAsync(keeper, meant, s_long, Token));
        Assert.Equal("NodepoolReplaced", e.Failure.Id);
    }

    [Fact]
    public async Task Of_nodes_that_labels_make_a_pool_all_must_be_ready_and_one_there()
    {
        await using var live = await LiveCluster.StartAsync(old: 1);
        var labels = new LabelledNodes(live.Connection, LiveCluster.OldPool);
        var pool = await live.PoolAsync();
        Assert.Equal(1, (await new NodepoolWaiter(live.Connection, live.Told).ReadyAsync(labels, pool, s_long, Token)).ReadyCount);
        var nobody = await Assert.ThrowsAsync<UpgradeException>(() => new NodepoolWaiter(live.Connection, live.Told)
            .ReadyAsync(new LabelledNodes(live.Connection, "pool=none"), pool with { Selector = "pool=none" }, s_long, Token));
        Assert.Equal("NodepoolNotFound", nobody.Failure.Id);
    }

    [Fact]
    public async Task A_pool_is_gone_when_its_own_nodes_are_whoever_has_its_label_since()
    {
        await using var live = await LiveCluster.StartAsync(old: 1);
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool);
        var pool = (await keeper.FindAsync("told", Token))!;
        var left = await Assert.ThrowsAsync<UpgradeException>(() => new NodepoolWaiter(live.Connection, live.Told).RemovedAsync(keeper, pool, s_short, Token));
        Assert.Equal("NodepoolNotGone", left.Failure.Id);
        Assert.Contains("old-1", left.Failure.Message, StringComparison.Ordinal);
        var waiting = new NodepoolWaiter(live.Connection, live.Told).RemovedAsync(keeper, pool, s_long, Token);
        await live.AddNodeAsync(LiveCluster.Node("old-9", "old"));
        await live.Plane.RemoveNodeAsync("old-1", Token);
        await waiting.WaitAsync(TimeSpan.FromSeconds(50), Token);
        Assert.Contains("wait removed told", keeper.Asked);
    }

    private static async Task<Failure> FailureAsync(LiveCluster live, ToldKeeper keeper, NodepoolWaitOptions options)
    {
        var pool = (await keeper.FindAsync("told", Token))!;
        return (await Assert.ThrowsAsync<UpgradeException>(() => new NodepoolWaiter(live.Connection, live.Told).ReadyAsync(keeper, pool, options, Token))).Failure;
    }
}
