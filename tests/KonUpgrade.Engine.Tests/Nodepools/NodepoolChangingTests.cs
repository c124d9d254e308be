using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Changing;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>What of a pool is removed, and what is refused to be changed, on a cluster of the sandbox that lives.</summary>
public sealed class NodepoolChangingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pool_is_removed_when_its_drain_was_whole()
    {
        await using var live = await LiveCluster.StartAsync();
        await live.DeployOnOldAsync("web", 2);
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool);
        var change = await (await RemoverAsync(live, keeper)).RunAsync(Token);
        Assert.Equal((NodepoolChangeAction.Removed, 2, 5, "id-1"), (change.Action, change.PodCount, change.MaxSizeBefore, change.Id));
        Assert.Equal(["hold", "remove told"], keeper.Asked);
        Assert.Empty(await live.OnOldAsync());
    }

    [Fact]
    public async Task A_drain_that_was_not_whole_removes_nothing()
    {
        await using var live = await LiveCluster.StartAsync();
        await live.PodAsync("bare", "old-1");
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool);
        var change = await (await RemoverAsync(live, keeper)).RunAsync(Token);
        Assert.Equal((NodepoolChangeAction.Failed, "PodNotManaged"), (change.Action, change.Failure!.Id));
        Assert.Equal(["hold"], keeper.Asked);
    }

    [Fact]
    public async Task What_can_t_be_removed_is_told_with_what_was_drained()
    {
        await using var live = await LiveCluster.StartAsync();
        await live.DeployOnOldAsync("web", 1);
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool)
        {
            RemovalFails = new UpgradeException(new Failure { Id = "EksResourceInUse", Kind = FailureKind.Conflict, Message = "It is in use." }),
        };
        var change = await (await RemoverAsync(live, keeper)).RunAsync(Token);
        Assert.Equal((NodepoolChangeAction.Failed, "EksResourceInUse", 1), (change.Action, change.Failure!.Id, change.PodCount));
    }

    [Fact]
    public async Task Without_a_drain_of_ours_nothing_is_cordoned_and_what_comes_out_says_who_ends_the_pods()
    {
        await using var live = await LiveCluster.StartAsync(@new: 0);
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool);
        await live.DeployAsync("dns", 1);
        await live.ReadyAsync("dns", 1);
        var change = await (await RemoverAsync(live, keeper, drains: false)).RunAsync(Token);
        Assert.Equal(NodepoolChangeAction.Removed, change.Action);
        Assert.Contains("by force", change.Reason, StringComparison.Ordinal);
        Assert.Equal(["remove told"], keeper.Asked);
        Assert.All(await live.ListAsync("Node"), node => Assert.Null(node["spec"]!["unschedulable"]));
    }

    [Fact]
    public async Task A_size_below_the_nodes_is_refused_until_all_are_cordoned_and_nothing_runs_there()
    {
        await using var live = await LiveCluster.StartAsync();
        await live.DeployOnOldAsync("web", 2);
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool) { Tell = pool => pool with { MinSize = 0, MaxSize = 5, DesiredSize = 2 } };
        var smaller = new NodepoolConfiguration { DesiredSize = 1 };
        Assert.Equal("NodepoolSizeBelowNodes", (await RefusedAsync(live, keeper, smaller)).Id);
        foreach (var node in new[] { "old-1", "old-2" })
            await live.PatchNodeAsync(node, """{"spec":{"unschedulable":true}}""");
        var running = await RefusedAsync(live, keeper, smaller);
        Assert.Equal("NodepoolSizeBelowNodes", running.Id);
        Assert.Contains("2 pods still run on them", running.Message, StringComparison.Ordinal);
        await new NodepoolDrainer(live.Connection, keeper, (await keeper.FindAsync("told", Token))!, new DrainOptions(), live.Told).RunAsync(Token);
        Assert.Equal(1, (await CompleteAsync(live, keeper, smaller)).DesiredSize);
    }

    [Theory]
    [InlineData("NodepoolChangeEmpty")]
    [InlineData("NodepoolSizeInvalid")]
    [InlineData("NodepoolLabelReserved")]
    [InlineData("NodepoolIsSuspended")]
    public async Task What_makes_no_sense_or_undoes_a_suspension_is_refused(string id)
    {
        await using var live = await LiveCluster.StartAsync(old: 1, @new: 1);
        var shape = new NodepoolShape { MaxSize = 5, Label = new Dictionary<string, string> { ["a"] = "1" }, Taint = [new("t", "1", "NoSchedule"), new("t", null, "NoExecute"), new("u", null, "NoSchedule")] };
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool) { Tell = pool => pool with { MinSize = 1, MaxSize = 5, DesiredSize = 1, Shape = shape } };
        var change = id switch
        {
            "NodepoolChangeEmpty" => new NodepoolConfiguration { RemoveLabel = ["b"], RemoveTaint = [new("v", null, "")] },
            "NodepoolSizeInvalid" => new NodepoolConfiguration { MinSize = 6 },
            "NodepoolLabelReserved" => new NodepoolConfiguration { RemoveLabel = ["konupgrade.dev/max-size"] },
            _ => new NodepoolConfiguration { MaxSize = 9 },
        };
        if (id == "NodepoolIsSuspended")
            keeper.Tell = pool => pool with { MinSize = 1, MaxSize = 1, DesiredSize = 1, Shape = shape };
        Assert.Equal(id, (await RefusedAsync(live, keeper, change)).Id);
        keeper.Tell = pool => pool with { MinSize = 1, MaxSize = 5, DesiredSize = 1, Shape = shape };
        var taken = await CompleteAsync(live, keeper, new NodepoolConfiguration { RemoveTaint = [new("t", null, "")], RemoveLabel = ["a", "b"] });
        Assert.Equal(["t=1:NoSchedule", "t:NoExecute"], taken.RemoveTaint!.Select(taint => taint.ToString()));
        Assert.Equal(["a"], taken.RemoveLabel!);
    }

    [Fact]
    public async Task A_version_of_a_launch_template_alone_is_one_of_the_pool_s_own()
    {
        await using var live = await LiveCluster.StartAsync(old: 1, @new: 1);
        var keeper = new ToldKeeper(live.Connection, LiveCluster.OldPool) { Tell = pool => pool with { Shape = new NodepoolShape { LaunchTemplateId = "lt-1", LaunchTemplateName = "one" } } };
        var version = new NodepoolVersion { LaunchTemplateVersion = "3" };
        Assert.Equal(("lt-1", null, "3"), (await UpdaterAsync(live, keeper)).Complete(version) is var full ? (full.LaunchTemplateId, full.LaunchTemplateName, full.LaunchTemplateVersion) : default);
        keeper.Tell = pool => pool with { Shape = new NodepoolShape() };
        var without = await UpdaterAsync(live, keeper);
        Assert.Equal("LaunchTemplateNotGiven", Assert.Throws<UpgradeException>(() => without.Complete(version)).Failure.Id);
    }

    private static async Task<NodepoolRemover> RemoverAsync(LiveCluster live, ToldKeeper keeper, bool drains = true) =>
        new(live.Connection, keeper, (await keeper.FindAsync("told", Token))!, new DrainOptions(), live.Told) { Drains = drains };

    private static async Task<NodepoolUpdater> UpdaterAsync(LiveCluster live, ToldKeeper keeper) => new(live.Connection, keeper, (await keeper.FindAsync("told", Token))!, live.Told);

    private static async Task<NodepoolConfiguration> CompleteAsync(LiveCluster live, ToldKeeper keeper, NodepoolConfiguration change) =>
        await (await UpdaterAsync(live, keeper)).CompleteAsync(change, Token);

    private static async Task<Failure> RefusedAsync(LiveCluster live, ToldKeeper keeper, NodepoolConfiguration change) =>
        (await Assert.ThrowsAsync<UpgradeException>(() => CompleteAsync(live, keeper, change))).Failure;
}
