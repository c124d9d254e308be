using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools.Providers.Eks;
using KonUpgrade.Engine.Tests.Nodepools.Eks;
using KonUpgrade.Engine.Tests.Nodepools.Konstellation;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Eks;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;
using static KonUpgrade.Engine.Tests.Upgrades.TestPlans;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>The step that makes green's node pools like blue's.</summary>
public sealed class NodepoolStepTests : IAsyncDisposable
{
    private UpgradeScene _scene = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pools_are_made_like_blues_and_stay_when_the_upgrade_is_taken_back()
    {
        await StartAsync("workers", "batch");
        var plan = await PlanAsync();
        var preview = Assert.Single(await _scene.PreviewAsync(plan));
        Assert.Contains("batch would be made: 1 to 3 nodes of m5.large; workers would be made", preview.Result, StringComparison.Ordinal);
        Assert.Empty(await PoolsAsync("green"));
        var ended = await _scene.InvokeAsync(plan);
        Assert.True(ended.State == BlueGreenUpgradeState.Completed, ended.Failure?.ToString());
        Assert.Equal("2 made, 0 there already (batch, workers); 2 nodes ready", ended.Steps[0].Result);
        Assert.All(await PoolsAsync("green"), pool => Assert.Equal((1, 3, "web"), (pool.Shape!.MinSize, pool.Shape.MaxSize, pool.Shape.Label!["tier"])));
        Assert.Contains((await _scene.LookAheadAsync(undoes: true)).Left, left => left.Contains("-RemoveImported", StringComparison.Ordinal));
        Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync()).State);
        Assert.Equal(2, (await PoolsAsync("green")).Count);
        // It can be asked for later.
        var removed = await _scene.UndoAsync(removeImported: true);
        Assert.True(removed.State == BlueGreenUpgradeState.Undone, removed.Failure?.ToString());
        Assert.Contains("removed: batch, workers", removed.Steps[0].Result, StringComparison.Ordinal);
        Assert.Empty(await PoolsAsync("green"));
        Assert.Equal(2, (await PoolsAsync("blue")).Count);
    }

    [Fact]
    public async Task What_was_there_before_is_taken_as_it_is_and_never_removed()
    {
        await StartAsync("workers");
        await MakeAsync("green", "workers", 2);
        var ended = await _scene.InvokeAsync(await PlanAsync());
        Assert.Equal("0 made, 1 there already (workers); 2 nodes ready", ended.Steps[0].Result);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync(removeImported: true)).State);
        Assert.Single(await PoolsAsync("green"));
    }

    [Fact]
    public async Task A_call_whose_answer_was_lost_makes_no_second_pool_and_the_way_back_knows_it()
    {
        await StartAsync("workers");
        var fault = _scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Verb = "CreateNodegroup", Group = "eks.amazonaws.com", Count = null, AfterBytes = 10 });
        var broken = await _scene.InvokeAsync(await PlanAsync());
        Assert.True(_scene.Host.Faults.Struck(fault) > 0);
        Assert.Equal(BlueGreenUpgradeState.Failed, broken.State);
        _scene.Host.Faults.Clear();
        var ended = await _scene.ResumeAsync();
        Assert.True(ended.State == BlueGreenUpgradeState.Completed, ended.Failure?.ToString());
        Assert.StartsWith("1 made, 0 there already", ended.Steps[0].Result, StringComparison.Ordinal);
        Assert.Single(await PoolsAsync("green"));
        await _scene.UndoAsync(removeImported: true);
        Assert.Empty(await PoolsAsync("green"));
    }

    [Fact]
    public async Task A_pool_that_somebody_made_after_ours_was_refused_is_taken_as_it_is_and_never_removed()
    {
        await StartAsync("workers");
        _scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "CreateNodegroup", Group = "eks.amazonaws.com", StatusCode = 400 });
        var broken = await _scene.InvokeAsync(await PlanAsync());
        Assert.Equal(BlueGreenUpgradeState.Failed, broken.State);
        await MakeAsync("green", "workers", 2);
        var ended = await _scene.ResumeAsync();
        Assert.Equal("0 made, 1 there already (workers); 2 nodes ready", ended.Steps[0].Result);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync(removeImported: true)).State);
        Assert.Single(await PoolsAsync("green"));
    }

    // Its answer is lost, it is gone, and somebody makes one of its name.
    [Fact]
    public async Task A_pool_that_somebody_made_under_the_name_of_one_that_is_not_known_to_be_made_stays()
    {
        await StartAsync("workers");
        _scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Verb = "CreateNodegroup", Group = "eks.amazonaws.com", Count = null });
        Assert.Equal(BlueGreenUpgradeState.Failed, (await _scene.InvokeAsync(await PlanAsync())).State);
        _scene.Host.Faults.Clear();
        await MakeAsync("green", "workers", 2);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync(removeImported: true)).State);
        Assert.Single(await PoolsAsync("green"));
    }

    [Fact]
    public async Task A_pool_whose_creation_failed_is_made_anew_by_the_resume()
    {
        await StartAsync("workers");
        _scene.Host.Eks!.AddTrouble(new EksTrouble("InstanceLimitExceeded") { Cluster = "green" });
        var broken = await _scene.InvokeAsync(await PlanAsync());
        Assert.Equal(BlueGreenUpgradeState.Failed, broken.State);
        Assert.Contains("CREATE_FAILED", broken.Failure!.Message, StringComparison.Ordinal);
        _scene.Host.Eks.ClearTroubles();
        var ended = await _scene.ResumeAsync();
        Assert.True(ended.State == BlueGreenUpgradeState.Completed, ended.Failure?.ToString());
        Assert.Equal("ACTIVE", Assert.Single(await PoolsAsync("green")).Status);
    }

    // Between its Nodepool and its node group.
    [Theory]
    [InlineData(FaultKind.Reset, null)]
    [InlineData(FaultKind.ServerError, 500)]
    public async Task A_pool_of_Konstellation_that_was_announced_and_not_ordered_is_ordered_by_the_resume(FaultKind kind, int? code)
    {
        await StartAsync("workers");
        KonObjects.Install(_scene.Host, "green");
        _scene.Host.Faults.Add(new SandboxFault { Kind = kind, StatusCode = code, Verb = "CreateNodegroup", Group = "eks.amazonaws.com", Count = null });
        Assert.Equal(BlueGreenUpgradeState.Failed, (await _scene.InvokeAsync(await PlanAsync())).State);
        Assert.Contains(_scene.Host.Cluster("green").Objects(), o => (string?)o["kind"] == "Nodepool");
        _scene.Host.Faults.Clear();
        var ended = await _scene.ResumeAsync();
        Assert.True(ended.State == BlueGreenUpgradeState.Completed, ended.Failure?.ToString());
        Assert.StartsWith("1 made, 0 there already", ended.Steps[0].Result, StringComparison.Ordinal);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await _scene.UndoAsync(removeImported: true)).State);
        Assert.Empty(await PoolsAsync("green"));
        Assert.DoesNotContain(_scene.Host.Cluster("green").Objects(), o => (string?)o["kind"] == "Nodepool");
    }

    [Theory]
    [InlineData("none", null, "NodepoolNotFound")]
    [InlineData("workers", "minSize=9", "NodepoolSizeInvalid")]
    public async Task What_can_not_be_made_is_told_before_anything_is(string pools, string? setting, string id)
    {
        await StartAsync("workers");
        var plan = await PlanAsync(setting is null ? [("pools", pools)] : [("pools", pools), (setting.Split('=')[0], setting.Split('=')[1])]);
        Assert.Equal(id, Assert.Single(await _scene.PreviewAsync(plan)).Failure?.Id);
        Assert.Equal(id, (await _scene.InvokeAsync(plan)).Failure?.Id);
        Assert.Empty(await PoolsAsync("green"));
    }

    [Fact]
    public async Task A_cluster_that_nobody_keeps_pools_of_is_told()
    {
        _scene = await UpgradeScene.StartAsync();
        var ended = await _scene.InvokeAsync(await PlanAsync());
        Assert.Equal("NodepoolNotKept", ended.Failure?.Id);
    }

    public async ValueTask DisposeAsync()
    {
        if (_scene is not null)
            await _scene.DisposeAsync();
    }

    private async Task StartAsync(params string[] pools)
    {
        var life = new DataPlaneSettings { Speed = 200, ReadyAfter = TimeSpan.FromSeconds(2), EndAfter = TimeSpan.FromSeconds(1) };
        _scene = await UpgradeScene.StartAsync(with: options => options with { Clusters = [new SandboxClusterOptions("blue", "1.33") { DataPlane = life }, new SandboxClusterOptions("green", "1.34") { DataPlane = life }] });
        _scene.IsManaged = true;
        foreach (var pool in pools)
            await MakeAsync("blue", pool, 1);
    }

    private async Task MakeAsync(string cluster, string name, int size) => await WithAsync(cluster, async groups =>
    {
        var given = new NodepoolShape
        {
            MinSize = 1,
            MaxSize = 3,
            DesiredSize = size,
            InstanceType = ["m5.large"],
            NodeRole = _scene.Host.Eks!.NodeRole(cluster),
            Label = new Dictionary<string, string> { ["tier"] = "web" },
        };
        await groups.CreateAsync(name, await groups.CompleteAsync(name, given, null, Token), null, Token);
        await groups.WaitActiveAsync(name, LiveEks.Soon, Token);
        return true;
    });

    private Task<IReadOnlyList<Nodepool>> PoolsAsync(string cluster) => WithAsync(cluster, groups => groups.ListAsync(Token));

    private async Task<T> WithAsync<T>(string cluster, Func<EksNodegroups, Task<T>> work)
    {
        await using var connection = await LiveEks.ConnectAsync(_scene.Host, cluster);
        using var access = EksAccess.Open(connection, null, NullReporter.Instance);
        return await work(new EksNodegroups(connection, access, NullReporter.Instance));
    }

    private async Task<UpgradePlan> PlanAsync(params (string Name, string Value)[] setting)
    {
        List<(string Name, string Value)> all = [("interval", "20ms"), ("timeout", "1m"), .. setting];
        if (_scene.IsManaged)
            all.Add(("nodeRole", _scene.Host.Eks!.NodeRole("green")));
        if (!all.Exists(pair => pair.Name == "pools"))
            all.Add(("pools", "*"));
        return await _scene.PlanAsync() with { Steps = [Step("nodepools", StepKind.MakeNodepools, setting: [.. all])] };
    }
}
