using KonUpgrade.Engine.Tests.Nodepools.Eks;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Eks;

namespace KonUpgrade.Engine.Tests.Nodepools.Moving;

/// <summary>A pool's work goes to a new one, on a simulated EKS whose cluster lives.</summary>
public sealed class NodepoolMoverTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pool_s_work_goes_to_a_new_one_like_it_and_the_old_one_goes()
    {
        await using var scene = await MoveScene.StartAsync();
        await scene.FillAsync();
        var move = await scene.MoveAsync();
        Assert.Empty(await scene.FaultsOfTheEndAsync(move));
        Assert.Equal((NodepoolMoveAction.Moved, "workers", "workers-2", "EKS", 6), (move.Action, move.Name, move.NewName, move.Provider, move.Drain!.PodCount));
        Assert.Equal(Enum.GetValues<NodepoolMoveStepName>().Select(name => $"{name}: Done"), move.Steps.Select(step => step.ToString()));
        var made = Assert.Single(await scene.PoolsAsync());
        Assert.Equal(("web", "shop", "m5.large", 4), (made.Shape!.Label!["tier"], made.Shape.Tag!["team"], Assert.Single(made.Shape.InstanceType!), made.MaxSize));
        Assert.StartsWith("workers/", made.Shape.Tag["konupgrade.dev/replaces"], StringComparison.Ordinal);
        Assert.Contains(scene.Told.Reports, report => report.Activity.StartsWith("Draining pool workers", StringComparison.Ordinal) && report.ParentActivity?.StartsWith("Moving pool workers of ", StringComparison.Ordinal) == true);

        var changes = await scene.CountAsync(async () =>
        {
            var again = await scene.MoveAsync();
            Assert.Equal((NodepoolMoveAction.Unchanged, "workers-2", null), (again.Action, again.NewName, again.Failure));
        });
        // What was moved is another pool than the one that is meant.
        var other = await Assert.ThrowsAnyAsync<UpgradeException>(() => scene.MoveAsync(MoveScene.Request with { Id = "arn:x/0" }));
        Assert.Equal("NodepoolNotFound", other.Failure.Id);
        Assert.Equal(0, changes);
    }

    [Fact]
    public async Task The_plan_says_what_will_be_and_changes_nothing()
    {
        await using var scene = await MoveScene.StartAsync();
        await scene.FillAsync();
        NodepoolMove? plan = null;
        Assert.Equal(0, await scene.CountAsync(async () => plan = await (await scene.MoverAsync(MoveScene.Request with { Shape = new NodepoolShape { DesiredSize = 3 }, KeepOld = true })).PrepareAsync(Token)));
        Assert.Equal((NodepoolMoveAction.Planned, "workers-2", 3, 6), (plan!.Action, plan.NewName, plan.Shape!.DesiredSize, plan.Plan!.EvictCount));
        Assert.All(plan.Plan.Pods, pod => Assert.Equal(PodPlace.Doubtful, pod.Place));
        Assert.Equal(["Planned", "Planned", "Planned", "Planned", "Skipped"], plan.Steps.Select(step => step.State.ToString()));
    }

    [Fact]
    public async Task Where_the_new_pool_does_not_become_ready_the_old_one_is_as_it_was()
    {
        await using var scene = await MoveScene.StartAsync();
        await scene.FillAsync();
        scene.Eks.AddTrouble(new EksTrouble("NodeCreationFailure") { Nodegroup = "workers-2" });
        // For machines that never join, the service does not have to wait its twenty minutes.
        var usual = scene.Eks.Settings;
        scene.Eks.Settings = usual with { JoinTimeout = TimeSpan.FromMinutes(2) };
        var move = await scene.MoveAsync();
        scene.Eks.Settings = usual;
        Assert.Equal((NodepoolMoveAction.Failed, "NodepoolNotReady", false), (move.Action, move.Failure?.Id, move.IsResumable));
        Assert.Contains("NodeCreationFailure", move.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("workers is as it was: nothing of it was touched.", move.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("Remove-Nodepool workers-2 -NoDrain", move.Failure.Recommendation, StringComparison.Ordinal);
        Assert.Equal(["Done", "Failed", "Planned", "Planned", "Planned"], move.Steps.Select(step => step.State.ToString()));
        var pools = await scene.PoolsAsync();
        Assert.Equal(["workers ACTIVE Active 4", "workers-2 CREATE_FAILED Empty 4"], pools.Select(pool => $"{pool.Name} {pool.Status} {pool.State} {pool.MaxSize}"));

        // When it is removed and what was wrong is mended, the same command makes another one.
        scene.Eks.ClearTroubles();
        var keeper = await scene.KeeperAsync();
        await keeper.RemoveAsync(pools[1], Token);
        await keeper.WaitRemovedAsync(pools[1], LiveEks.Soon, Token);
        Assert.Empty(await scene.FaultsOfTheEndAsync(await scene.MoveAsync()));
    }

    [Theory]
    [InlineData(DrainTimeoutAction.LeaveCordoned, NodepoolState.Suspended)]
    [InlineData(DrainTimeoutAction.Restore, NodepoolState.Active)]
    public async Task A_budget_that_never_lets_go_stops_it_with_both_pools_there(DrainTimeoutAction onTimeout, NodepoolState state)
    {
        await using var scene = await MoveScene.StartAsync();
        await scene.FillAsync();
        await scene.Live.DeployAsync("db", 1);
        await scene.Live.BudgetAsync("db", "\"minAvailable\":1", "db");
        await scene.Live.ReadyAsync("db", 1);
        var request = MoveScene.Request with { Drain = MoveScene.Request.Drain with { Timeout = TimeSpan.FromMinutes(3), OnTimeout = onTimeout } };
        var move = await scene.MoveAsync(request);
        Assert.Equal((NodepoolMoveAction.Failed, "BudgetBlocked", true), (move.Action, move.Failure?.Id, move.IsResumable));
        Assert.Contains("Both pools stay", move.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal([$"workers {state}", "workers-2 Active"], (await scene.PoolsAsync()).Select(pool => $"{pool.Name} {pool.State}"));

        await scene.Live.ScaleAsync("db", 2);
        Assert.Empty(await scene.FaultsOfTheEndAsync(await scene.MoveAsync()));
    }

    [Fact]
    public async Task Pods_that_no_new_node_takes_stop_it_before_the_first_cordon()
    {
        await using var scene = await MoveScene.StartAsync();
        // A label that somebody put on the nodes: the pool does not tell it.
        foreach (var node in await scene.Live.ListAsync("Node"))
            await scene.Live.PatchNodeAsync(node["metadata"]!["name"]!.GetValue<string>(), """{"metadata":{"labels":{"disk":"ssd"}}}""");
        await scene.Live.DeployAsync("pinned", 1, ""","nodeSelector":{"disk":"ssd"}""");
        await scene.Live.ReadyAsync("pinned", 1);
        var move = await scene.MoveAsync();
        Assert.Equal((NodepoolMoveAction.Failed, "PodsWithoutPlace", true), (move.Action, move.Failure?.Id, move.IsResumable));
        Assert.Contains("without the labels of its nodeSelector", move.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(["workers Active 4", "workers-2 Active 4"], (await scene.PoolsAsync()).Select(pool => $"{pool.Name} {pool.State} {pool.MaxSize}"));
    }

    [Fact]
    public async Task Pods_that_ask_for_the_old_pool_by_name_stop_it_before_anything_is_made()
    {
        await using var scene = await MoveScene.StartAsync();
        await scene.FillAsync();
        await scene.Live.DeployAsync("pinned", 1, ""","nodeSelector":{"eks.amazonaws.com/nodegroup":"workers"}""");
        await scene.Live.ReadyAsync("pinned", 1);
        Assert.Equal(0, await scene.CountAsync(async () =>
        {
            var plan = await (await scene.MoverAsync()).PrepareAsync(Token);
            Assert.Equal((NodepoolMoveAction.Planned, "PodsWithoutPlace"), (plan.Action, plan.Failure?.Id));
            Assert.Equal(["default/pinned"], plan.Plan!.Pods.Where(pod => pod.Place == PodPlace.None).Select(pod => pod.ToString()[.."default/pinned".Length]));
            Assert.Contains("have eks.amazonaws.com/nodegroup=workers-2, and its nodeSelector asks for eks.amazonaws.com/nodegroup=workers", plan.Failure!.Message, StringComparison.Ordinal);
            var move = await scene.MoveAsync();
            Assert.Equal((NodepoolMoveAction.Failed, "PodsWithoutPlace", true), (move.Action, move.Failure?.Id, move.IsResumable));
            Assert.Contains("workers is as it was", move.Failure!.Message, StringComparison.Ordinal);
            Assert.Equal(["Failed", "Planned", "Planned", "Planned", "Planned"], move.Steps.Select(step => step.State.ToString()));
            // A new taint is known as well.
            var tainted = await (await scene.MoverAsync(MoveScene.Request with { Shape = new NodepoolShape { Taint = [new NodepoolTaint("gpu", "a", "NoSchedule")] } })).PrepareAsync(Token);
            Assert.Equal(7, tainted.Plan!.Pods.Count(pod => pod.Place == PodPlace.None));
            // Who lets pods wait is not stopped.
            Assert.Null((await (await scene.MoverAsync(MoveScene.Request with { AllowPending = true })).PrepareAsync(Token)).Failure);
        }));
        Assert.Equal(["workers"], (await scene.PoolsAsync()).Select(pool => pool.Name));
    }

    [Fact]
    public async Task The_old_pool_stays_where_that_is_asked_for_and_a_later_run_removes_it()
    {
        await using var scene = await MoveScene.StartAsync();
        await scene.FillAsync();
        var kept = await scene.MoveAsync(MoveScene.Request with { KeepOld = true });
        Assert.Equal((NodepoolMoveAction.Kept, null), (kept.Action, kept.Failure));
        Assert.Equal(["workers Suspended", "workers-2 Active"], (await scene.PoolsAsync()).Select(pool => $"{pool.Name} {pool.State}"));
        var move = await scene.MoveAsync();
        Assert.Empty(await scene.FaultsOfTheEndAsync(move));
        Assert.Equal(["Unchanged", "Done", "Unchanged", "Done", "Done"], move.Steps.Select(step => step.State.ToString()));
    }

    [Fact]
    public async Task What_was_not_to_be_drained_keeps_the_pool_from_being_removed()
    {
        await using var scene = await MoveScene.StartAsync();
        await scene.FillAsync();
        var move = await scene.MoveAsync(MoveScene.Request with { Drain = MoveScene.Request.Drain with { PodSelector = "app=web" } });
        Assert.Equal((NodepoolMoveAction.Failed, "NodepoolNotEmpty"), (move.Action, move.Failure?.Id));
        Assert.Contains("default/api-", move.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(["workers", "workers-2"], (await scene.PoolsAsync()).Select(pool => pool.Name));
    }

    [Fact]
    public async Task A_pool_of_the_asked_name_that_does_not_say_what_it_replaces_is_another_one()
    {
        await using var scene = await MoveScene.StartAsync(nodes: 1);
        var keeper = await scene.KeeperAsync();
        var old = (await keeper.FindAsync(MoveScene.Old, Token))!;
        await keeper.CreateAsync("others", await keeper.CompleteAsync("others", new NodepoolShape(), old, Token), null, Token);
        Assert.Equal("NodepoolExists", await ThrownAsync(MoveScene.Request with { NewName = "others" }));
        Assert.Equal("NodepoolExists", await ThrownAsync(MoveScene.Request with { NewName = MoveScene.Old }));
        Assert.Equal("NodepoolNotFound", await ThrownAsync(MoveScene.Request with { Name = "nobody" }));
        Assert.Equal("NodepoolReplaced", await ThrownAsync(MoveScene.Request with { Id = $"{old.Id}0" }));
        Assert.Equal("NodepoolNameInvalid", await ThrownAsync(MoveScene.Request with { NewName = "no good" }));
        Assert.Equal("NodepoolSizeInvalid", await ThrownAsync(MoveScene.Request with { Shape = new NodepoolShape { MinSize = 9 } }));

        async Task<string> ThrownAsync(Engine.Nodepools.Moving.NodepoolMoveRequest request) => (await Assert.ThrowsAnyAsync<UpgradeException>(() => scene.MoveAsync(request))).Failure.Id;
    }

    [Fact]
    public async Task A_run_that_asks_for_another_pool_carries_on_with_the_one_that_is_there_and_says_so()
    {
        await using var scene = await MoveScene.StartAsync();
        await scene.FillAsync();
        Assert.Null(await scene.KillAsync(1));
        var move = await scene.MoveAsync(MoveScene.Request with { NewName = "others", Shape = new NodepoolShape { MaxSize = 9, Label = new Dictionary<string, string> { ["tier"] = "web" } } });
        Assert.Empty(await scene.FaultsOfTheEndAsync(move));
        Assert.Equal(["MaxSize is 4, and 9 was asked for"], move.Differences);
        Assert.Contains("no pool others is made", scene.Told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_that_is_answered_as_one_before_it_was_is_given_anew()
    {
        await using var scene = await MoveScene.StartAsync(nodes: 1);
        var tokens = new List<string?>();
        scene.Around = keeper => new ForgetfulKeeper(keeper, tokens);
        var move = await scene.MoveAsync();
        Assert.Equal((NodepoolMoveAction.Moved, null), (move.Action, move.Failure));
        Assert.Equal(2, tokens.Distinct().Count());
        Assert.Equal(2, tokens.Count);
    }
}
