using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>Whole drains, on a simulated cluster that lives.</summary>
public sealed class NodepoolDrainerTests
{
    private const string Forever = """{"sandbox.konupgrade.dev/end-after":"never"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pool_is_drained_and_no_budget_is_violated()
    {
        await using var cluster = await LiveCluster.StartAsync();
        await cluster.DeployOnOldAsync("web", 6);
        await cluster.DeployOnOldAsync("api", 4);
        await cluster.BudgetAsync("web", "\"maxUnavailable\":1", "web");
        await cluster.BudgetAsync("api", "\"minAvailable\":3", "api");
        // Engine time stands still: what frees a budget is heard of, and not found by asking again.
        var change = await cluster.DrainAsync(time: new ManualTime());
        Assert.Equal((NodepoolChangeAction.Suspended, null, 10), (change.Action, change.Failure?.Message, change.PodCount));
        Assert.All(change.Nodes, n => Assert.Equal(NodeChangeAction.Drained, n.Action));
        Assert.Empty(await cluster.OnOldAsync());
        Assert.Equal(0, cluster.Plane.BudgetViolations);
        Assert.Contains(cluster.Told.Reports, r => r.Status.Contains("for the budget web, which needs 5 healthy pods and has", StringComparison.Ordinal));
        foreach (var name in new[] { "old-1", "old-2" })
        {
            var node = await cluster.NodeAsync(name);
            Assert.True((bool)node["spec"]!["unschedulable"]!);
            Assert.Contains(node["spec"]!["taints"]!.AsArray(), t => (string?)t!["key"] == "konupgrade.dev/suspended");
        }
        await cluster.ReadyAsync("web", 6);
        Assert.Equal(NodepoolState.Suspended, (await cluster.PoolAsync()).State);
    }

    [Fact]
    public async Task The_plan_says_beforehand_what_then_happens_and_changes_nothing()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 1, @new: 1);
        await cluster.DeployOnOldAsync("web", 2);
        await cluster.BudgetAsync("web", "\"maxUnavailable\":1", "web");
        await cluster.EventuallyAsync("the budget is reckoned", async () => (await (await cluster.DrainerAsync()).PrepareAsync(Token)).Budgets is [{ Allowed: 1 }]);
        var before = (await cluster.NodeAsync("old-1")).ToJsonString();
        var drainer = await cluster.DrainerAsync();
        var plan = await drainer.PrepareAsync(Token);
        Assert.Equal((2, 0, "web"), (plan.EvictCount, plan.RefusedCount, Assert.Single(plan.Budgets).Name));
        Assert.Equal(before, (await cluster.NodeAsync("old-1")).ToJsonString());
        var change = await drainer.RunAsync(Token);
        Assert.Equal(plan.Pods.Select(p => p.ToString()), change.Nodes.Single().Pods.Where(p => p.Outcome == DrainOutcome.Gone).Select(p => p.ToString()));
    }

    [Theory]
    [InlineData("pool=old")]
    [InlineData("pool in (old, new),gen>1")]
    [InlineData("pool!=new,!spot")]
    [InlineData("gen<3,spot")]
    [InlineData("missing notin (a)")]
    public async Task The_plan_means_the_nodes_that_the_server_selects(string selector)
    {
        await using var cluster = await LiveCluster.StartAsync(old: 0, @new: 0);
        foreach (var (name, pool, labels) in new[] { ("a", "old", "1"), ("b", "old", "2 spot"), ("c", "new", "3"), ("d", "new", "ten"), ("e", "old", "2") })
        {
            var node = LiveCluster.Node(name, pool);
            var own = new Dictionary<string, string>(node.Labels) { ["gen"] = labels.Split(' ')[0] };
            if (labels.EndsWith("spot", StringComparison.Ordinal))
                own["spot"] = "";
            await cluster.AddNodeAsync(node with { Labels = own });
        }
        var plan = await (await cluster.DrainerAsync(selector: selector)).PrepareAsync(Token);
        Assert.Equal((await cluster.PoolAsync(selector)).Nodes.Select(node => node.Name), plan.Nodes.Select(node => node.Name));
    }

    [Fact]
    public async Task A_pod_that_may_not_go_keeps_its_node_whole_and_the_others_go_on()
    {
        await using var cluster = await LiveCluster.StartAsync();
        await cluster.DeployOnOldAsync("web", 4);
        await cluster.PodAsync("bare", "old-1");
        var change = await cluster.DrainAsync();
        Assert.Equal((NodepoolChangeAction.Failed, "PodNotManaged"), (change.Action, change.Failure?.Id));
        Assert.Equal((NodeChangeAction.Failed, 0), (change.Nodes[0].Action, change.Nodes[0].GoneCount));
        Assert.Equal(NodeChangeAction.Drained, change.Nodes[1].Action);
        var there = await cluster.OnOldAsync();
        Assert.Equal(change.Nodes[0].Pods.Count, there.Count);
        Assert.Contains("bare", there);
        // All of the pool is cordoned all the same, as kubectl does it.
        Assert.True((bool)(await cluster.NodeAsync("old-1"))["spec"]!["unschedulable"]!);
        var forced = await cluster.DrainAsync(new DrainOptions { Force = true });
        Assert.Equal(NodepoolChangeAction.Suspended, forced.Action);
        Assert.Empty(await cluster.OnOldAsync());
    }

    [Fact]
    public async Task A_budget_that_is_freed_lets_its_pod_go_at_once()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 1, @new: 1);
        await cluster.DeployOnOldAsync("web", 1);
        await cluster.BudgetAsync("web", "\"minAvailable\":1", "web");
        var drain = cluster.DrainAsync(time: new ManualTime());
        await cluster.ToldAsync("waits for the budget web, which needs 1 healthy pods and has 1");
        Assert.Equal(["web"], await cluster.OnOldAsync());
        await cluster.ScaleAsync("web", 2);
        Assert.Equal(NodepoolChangeAction.Suspended, (await drain).Action);
        Assert.Empty(await cluster.OnOldAsync());
        Assert.Equal(0, cluster.Plane.BudgetViolations);
    }

    [Theory]
    [InlineData(DrainTimeoutAction.LeaveCordoned)]
    [InlineData(DrainTimeoutAction.Restore)]
    public async Task A_drain_that_cannot_finish_says_which_pod_which_budget_and_since_when(DrainTimeoutAction onTimeout)
    {
        await using var cluster = await LiveCluster.StartAsync(old: 1, @new: 1);
        await cluster.DeployOnOldAsync("web", 1);
        await cluster.BudgetAsync("web", "\"minAvailable\":1", "web");
        var before = (await cluster.NodeAsync("old-1"))["spec"]!.ToJsonString();
        var time = new ManualTime();
        var drain = cluster.DrainAsync(new DrainOptions { Timeout = TimeSpan.FromSeconds(4), OnTimeout = onTimeout }, time);
        await cluster.ToldAsync("waits for the budget web");
        time.Advance(TimeSpan.FromSeconds(4));
        var change = await drain;
        var pod = Assert.Single(change.Nodes.Single().Pods);
        Assert.Equal((DrainOutcome.Failed, "BudgetBlocked"), (pod.Outcome, pod.Failure?.Id));
        Assert.Matches("^default/web-.* on old-1 was not let go within 00:00:04: its budget web needs 1 healthy pods and has 1\\. It has waited since 2026-01-15 12:00:00 UTC, for 00:00:04\\.$", pod.Failure!.Message);
        Assert.Contains("never lets one go", pod.Failure.Recommendation, StringComparison.Ordinal);
        Assert.Equal("BudgetBlocked", change.Failure?.Id);
        var node = await cluster.NodeAsync("old-1");
        if (onTimeout == DrainTimeoutAction.LeaveCordoned)
        {
            Assert.Equal(NodepoolChangeAction.Failed, change.Action);
            Assert.True((bool)node["spec"]!["unschedulable"]!);
            return;
        }
        Assert.Equal(NodepoolChangeAction.Restored, change.Action);
        Assert.Null(node["metadata"]!["annotations"]?["konupgrade.dev/suspended"]);
        // The cluster itself taints a node for as long as it is cordoned, and takes that back a moment later.
        await cluster.EventuallyAsync("the node is as before", async () => (await cluster.NodeAsync("old-1"))["spec"]!.ToJsonString() == before);
    }

    [Fact]
    public async Task A_pod_that_never_goes_is_told_and_the_others_are_gone()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 1, @new: 1);
        await cluster.DeployOnOldAsync("web", 2);
        await cluster.DeployOnOldAsync("stuck", 1, annotations: Forever);
        var time = new ManualTime();
        var drain = cluster.DrainAsync(new DrainOptions { Timeout = TimeSpan.FromMinutes(1) }, time);
        await cluster.EventuallyAsync("only one is left", async () => (await cluster.OnOldAsync()) is ["stuck"]);
        // The drain has seen it too.
        await cluster.EventuallyAsync("both are told to be gone", () => Task.FromResult(cluster.Told.Text.Split(" is gone from ").Length == 3));
        await cluster.ToldAsync("waits for its end");
        time.Advance(TimeSpan.FromMinutes(1));
        var change = await drain;
        Assert.Equal(("PodNotGone", 2, 1), (change.Failure?.Id, change.PodCount, change.Nodes.Single().FailedCount));
    }

    [Fact]
    public async Task A_pod_under_several_budgets_fails_at_once_and_all_others_go()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 1, @new: 1);
        await cluster.DeployOnOldAsync("web", 1);
        await cluster.DeployOnOldAsync("api", 2);
        await cluster.BudgetAsync("one", "\"maxUnavailable\":1", "web");
        await cluster.BudgetAsync("two", "\"maxUnavailable\":1", "web");
        var change = await cluster.DrainAsync(time: new ManualTime());
        Assert.Equal(("MultipleBudgets", 2), (change.Failure?.Id, change.PodCount));
        Assert.Contains("one, two", change.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(["web"], await cluster.OnOldAsync());
    }

    [Fact]
    public async Task With_eviction_disabled_no_budget_is_asked()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 1, @new: 1);
        await cluster.DeployOnOldAsync("web", 2);
        await cluster.BudgetAsync("web", "\"maxUnavailable\":0", "web");
        var change = await cluster.DrainAsync(new DrainOptions { DisableEviction = true });
        Assert.Equal(NodepoolChangeAction.Suspended, change.Action);
        Assert.Empty(await cluster.OnOldAsync());
    }

    [Fact]
    public async Task With_eviction_disabled_the_first_that_cannot_be_deleted_is_the_last_and_the_others_are_waited_for()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 1, @new: 1);
        foreach (var name in new[] { "a", "b", "c" })
            await cluster.PodAsync(name, "old-1");
        cluster.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "delete", Resource = "pods", Name = "b", Count = null });
        var change = await cluster.DrainAsync(new DrainOptions { DisableEviction = true, Force = true });
        Assert.Equal(["a Gone ", "b Failed AdmissionDenied", "c Planned "], change.Nodes.Single().Pods.Select(p => $"{p.Name} {p.Outcome} {p.Failure?.Id}"));
        Assert.Equal(["b", "c"], await cluster.OnOldAsync());
    }

    [Fact]
    public async Task A_pod_that_is_there_again_under_its_name_elsewhere_is_gone()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 1, @new: 0);
        await cluster.StatefulAsync("db");
        await cluster.ReadyAsync("db", 1);
        await cluster.AddNodeAsync(LiveCluster.Node("new-1", "new"));
        Assert.Equal((NodepoolChangeAction.Suspended, 1), await EndAsync(cluster.DrainAsync()));
        await cluster.ReadyAsync("db", 1);
        var pod = Assert.Single(await cluster.ListAsync("Pod"));
        Assert.Equal(("db-0", "new-1"), ((string?)pod["metadata"]!["name"], (string?)pod["spec"]!["nodeName"]));
    }

    [Fact]
    public async Task A_pod_that_comes_back_again_and_again_under_its_name_is_another_each_time_and_is_told_in_the_end()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 1, @new: 0);
        await cluster.StatefulAsync("db", ",\"tolerations\":[{\"operator\":\"Exists\"}]");
        await cluster.ReadyAsync("db", 1);
        // While another pod is waited for, the node is looked at however late the next one comes.
        await cluster.DeployOnOldAsync("stuck", 1, annotations: Forever);
        var time = new ManualTime();
        var drain = cluster.DrainAsync(new DrainOptions { Timeout = TimeSpan.FromMinutes(1) }, time);
        await cluster.EventuallyAsync("the fourth has come back", () => Task.FromResult(cluster.Told.Text.Split("came to old-1 while it was drained").Length > 4));
        time.Advance(TimeSpan.FromMinutes(1));
        var change = await drain;
        var pods = change.Nodes.Single().Pods.Where(p => p.Name == "db-0").ToList();
        Assert.Equal(["Gone ", "Gone ", "Gone ", "Gone ", "Failed PodComesBack"], pods.Select(p => $"{p.Outcome} {p.Failure?.Id}").OrderDescending());
        Assert.Equal(5, pods.Select(p => p.Uid).Distinct().Count());
        Assert.Contains("StatefulSet db makes pods that nothing keeps off", pods.Single(p => p.Failure is not null).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_of_a_pool_is_cordoned_before_the_first_pod_goes_and_a_node_that_cannot_be_is_not_drained()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 3, @new: 1);
        await cluster.DeployOnOldAsync("web", 6);
        cluster.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "patch", Resource = "nodes", Name = "old-2", Count = null });
        var change = await cluster.DrainAsync(new DrainOptions { ThrottleLimit = 1 });
        Assert.Equal(["old-1 Drained", "old-2 Failed", "old-3 Drained"], change.Nodes.Select(n => $"{n.Name} {n.Action}"));
        Assert.Equal((NodepoolChangeAction.Failed, "AdmissionDenied"), (change.Action, change.Failure?.Id));
        Assert.True((await cluster.OnOldAsync()).Count >= 2);
        var told = cluster.Told.Text;
        Assert.InRange(told.LastIndexOf("is cordoned and tainted", StringComparison.Ordinal), 0, told.IndexOf("is evicted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_whose_pods_only_wait_for_their_budgets_keeps_no_other_from_being_begun()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 2, @new: 1);
        await cluster.DeployAsync("web", 1, On("old-1"));
        await cluster.DeployAsync("api", 1, On("old-2"));
        await cluster.ReadyAsync("web", 1);
        await cluster.ReadyAsync("api", 1);
        await cluster.BudgetAsync("web", "\"minAvailable\":1", "web");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var drain = (await cluster.DrainerAsync(new DrainOptions { ThrottleLimit = 1 }, new ManualTime())).RunAsync(stop.Token);
        await cluster.ToldAsync("Node old-2: Drained");
        Assert.Equal(["web"], await cluster.OnOldAsync());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drain);
    }

    [Fact]
    public async Task A_node_whose_pods_are_ending_keeps_its_place()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 2, @new: 1);
        await cluster.DeployAsync("stuck", 1, On("old-1"), Forever);
        await cluster.DeployAsync("web", 1, On("old-1"));
        await cluster.DeployAsync("api", 1, On("old-2"));
        foreach (var name in new[] { "stuck", "web", "api" })
            await cluster.ReadyAsync(name, 1);
        await cluster.BudgetAsync("web", "\"minAvailable\":1", "web");
        var time = new ManualTime();
        var drain = cluster.DrainAsync(new DrainOptions { ThrottleLimit = 1, Timeout = TimeSpan.FromMinutes(1) }, time);
        await cluster.ToldAsync("waits for the budget web");
        await cluster.ToldAsync("waits for its end");
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["old-1 Failed", "old-2 Drained"], (await drain).Nodes.Select(n => $"{n.Name} {n.Action}"));
        var told = cluster.Told.Text;
        // How the node ended is told when its place is free already.
        Assert.InRange(told.IndexOf("is not gone within", StringComparison.Ordinal), 0, told.IndexOf("default/api", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_waits_for_a_budget_that_goes_on_letting_others_go_is_not_out_of_time()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 3, @new: 0);
        // What comes instead never finds a place, so that the budget lets go as many as it is told to.
        await cluster.DeployAsync("web", 3);
        await cluster.ReadyAsync("web", 3);
        await cluster.BudgetAsync("web", "\"minAvailable\":3", "web");
        var time = new ManualTime();
        var drain = cluster.DrainAsync(new DrainOptions { Timeout = TimeSpan.FromSeconds(60), AllowLastPool = true }, time);
        await cluster.EventuallyAsync("all three wait", () => Task.FromResult(cluster.Told.Text.Split("waits for the budget web").Length == 4));
        await cluster.ChangeBudgetAsync("web", "\"minAvailable\":2");
        await cluster.EventuallyAsync("the first is gone", () => Task.FromResult(cluster.Told.Text.Split("is gone from").Length == 2));
        time.Advance(TimeSpan.FromSeconds(40));
        await cluster.ChangeBudgetAsync("web", "\"minAvailable\":1");
        await cluster.EventuallyAsync("the second is gone", () => Task.FromResult(cluster.Told.Text.Split("is gone from").Length == 3));
        time.Advance(TimeSpan.FromSeconds(40));
        Assert.False(drain.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(20));
        var change = await drain;
        Assert.Equal(("BudgetBlocked", 2), (change.Failure?.Id, change.PodCount));
        Assert.Matches("needs 1 healthy pods and has 1\\. It has waited since 2026-01-15 12:00:00 UTC, for 00:01:40; the budget let one go last 00:01:00 ago\\.$", change.Failure!.Message);
    }

    [Fact]
    public async Task Only_pods_that_are_meant_go()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 1, @new: 1);
        await cluster.DeployOnOldAsync("web", 2);
        await cluster.DeployOnOldAsync("api", 1);
        await cluster.PodAsync("bare", "old-1");
        Assert.Equal(NodepoolChangeAction.Suspended, (await cluster.DrainAsync(new DrainOptions { PodSelector = "app=web" })).Action);
        Assert.Equal(["api", "bare"], await cluster.OnOldAsync());
    }

    [Fact]
    public async Task A_pod_and_a_node_that_come_meanwhile_are_drained_as_well()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 1, @new: 1);
        await cluster.DeployOnOldAsync("web", 1);
        await cluster.BudgetAsync("web", "\"minAvailable\":1", "web");
        var drain = cluster.DrainAsync(new DrainOptions { Force = true });
        await cluster.ToldAsync("waits for the budget web");
        await cluster.PodAsync("late", "old-1");
        await cluster.AddNodeAsync(LiveCluster.Node("old-9", "old"));
        await cluster.PodAsync("later", "old-9");
        await cluster.ToldAsync("default/late is gone from old-1");
        await cluster.ScaleAsync("web", 2);
        var change = await drain;
        Assert.Equal(["old-1 Drained", "old-9 Drained"], change.Nodes.Select(n => $"{n.Name} {n.Action}"));
        Assert.Empty(await cluster.OnOldAsync());
    }

    [Fact]
    public async Task Batches_follow_each_other_only_when_what_lost_pods_is_available_again()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 3);
        await cluster.DeployOnOldAsync("web", 6);
        var change = await cluster.DrainAsync(new DrainOptions { BatchSize = 1 });
        Assert.Equal((NodepoolChangeAction.Suspended, "1 2", "2 1"), (change.Action, string.Join(' ', cluster.Told.Batches.Select(b => b.Number)), string.Join(' ', cluster.Told.Batches.Select(b => b.Remaining))));
        Assert.Contains("Deployment default/web is waited for", cluster.Told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workload_that_does_not_come_back_stops_the_next_batch()
    {
        await using var cluster = await LiveCluster.StartAsync();
        await cluster.DeployOnOldAsync("web", 4, pod: ",\"nodeSelector\":{\"pool\":\"old\"}");
        var time = new ManualTime();
        var drain = cluster.DrainAsync(new DrainOptions { BatchSize = 1 }, time);
        await cluster.ToldAsync("Deployment default/web is waited for");
        await Eventually.TrueAsync(() => time.IsWaitedFor(TimeSpan.FromMinutes(10)), "the gate waits", Token);
        time.Advance(TimeSpan.FromMinutes(10));
        var change = await drain;
        Assert.Equal((NodepoolChangeAction.Failed, "WorkloadsNotAvailable"), (change.Action, change.Failure?.Id));
        Assert.Equal(["old-1 Drained", "old-2 Cordoned"], change.Nodes.Select(n => $"{n.Name} {n.Action}"));
        Assert.Contains("Deployment default/web: 2 of its replicas are ready, and 4 were", change.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await cluster.OnOldAsync()).Count);
    }

    [Fact]
    public async Task A_script_block_decides_in_place_of_the_built_in_check()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 3, @new: 0);
        await cluster.DeployOnOldAsync("web", 3);
        cluster.Told.Gate = batch => batch.Number < 2;
        var change = await cluster.DrainAsync(new DrainOptions { BatchSize = 1 });
        Assert.Equal("GateRefused", change.Failure?.Id);
        Assert.Equal(["Drained", "Drained", "Cordoned"], change.Nodes.Select(n => n.Action.ToString()));
    }

    [Fact]
    public async Task What_is_resumed_is_what_was_ours_and_nothing_else()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 3, @new: 1);
        await cluster.PatchNodeAsync("old-2", """{"spec":{"unschedulable":true,"taints":[{"key":"repair","effect":"NoExecute"}]}}""");
        var before = (await cluster.ListAsync("Node")).ToDictionary(n => (string)n["metadata"]!["name"]!, Spec);
        Assert.Equal(NodepoolChangeAction.Suspended, (await cluster.DrainAsync()).Action);
        // One that joined since, and that somebody else cordoned.
        await cluster.AddNodeAsync(LiveCluster.Node("old-4", "old"));
        await cluster.PatchNodeAsync("old-4", """{"spec":{"unschedulable":true}}""");
        var change = await cluster.ResumeAsync();
        Assert.Equal(["old-1 Resumed", "old-2 Resumed", "old-3 Resumed", "old-4 Unchanged"], change.Nodes.Select(n => $"{n.Name} {n.Action}"));
        foreach (var (name, spec) in before)
            Assert.Equal(spec, Spec(await cluster.NodeAsync(name)));
        Assert.True((bool)(await cluster.NodeAsync("old-4"))["spec"]!["unschedulable"]!);
        Assert.Equal(NodepoolChangeAction.Unchanged, (await cluster.ResumeAsync()).Action);

        // Taints that follow from being cordoned are the node controller's.
        static string Spec(JsonObject node)
        {
            var spec = node["spec"]!.DeepClone().AsObject();
            var taints = spec["taints"]?.AsArray().Where(t => (string?)t!["key"] != "node.kubernetes.io/unschedulable").Select(t => t!.ToJsonString()) ?? [];
            return $"{spec["unschedulable"]?.ToJsonString() ?? "no"} {string.Join(' ', taints)}";
        }
    }

    [Fact]
    public async Task A_pool_is_kept_from_growing_before_its_first_node_is_cordoned_and_may_grow_again_after_the_last()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 2, @new: 1);
        var provider = new GrowingPool(cluster);
        var pool = (await cluster.PoolAsync()) with { Offers = NodepoolOffers.Resize };
        var change = await new NodepoolDrainer(cluster.Connection, provider, pool, new DrainOptions(), cluster.Told).RunAsync(Token);
        Assert.Equal((5, 2), (change.MaxSizeBefore, change.MaxSizeAfter));
        var resumed = await new NodepoolResumer(cluster.Connection, provider, pool, 4, cluster.Told).RunAsync(Token);
        Assert.Equal((2, 5), (resumed.MaxSizeBefore, resumed.MaxSizeAfter));
        Assert.Equal(["held while 0 were cordoned", "released while 0 were cordoned"], provider.Did);
    }

    [Fact]
    public async Task Run_again_after_it_was_stopped_it_carries_on()
    {
        await using var cluster = await LiveCluster.StartAsync();
        await cluster.DeployOnOldAsync("web", 4);
        await cluster.BudgetAsync("web", "\"minAvailable\":4", "web");
        using var stop = new CancellationTokenSource();
        var drain = (await cluster.DrainerAsync()).RunAsync(stop.Token);
        await cluster.ToldAsync("waits for the budget web");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drain);
        await cluster.ScaleAsync("web", 5);
        Assert.Equal(NodepoolChangeAction.Suspended, (await cluster.DrainAsync()).Action);
        Assert.Equal(NodepoolChangeAction.Resumed, (await cluster.ResumeAsync()).Action);
        Assert.Equal(NodepoolState.Active, (await cluster.PoolAsync()).State);
        Assert.Equal(0, cluster.Plane.BudgetViolations);
    }

    [Fact]
    public async Task A_pool_without_nodes_is_none()
    {
        await using var cluster = await LiveCluster.StartAsync(old: 1, @new: 0);
        var drainer = new NodepoolDrainer(
            cluster.Connection, new LabelledNodes(cluster.Connection, "pool=odl"),
            new Nodepool { Name = "odl", Provider = "Labels", Selector = "pool=odl", Context = "live" }, new DrainOptions(), cluster.Told);
        Assert.Equal("NodepoolNotFound", (await Assert.ThrowsAsync<UpgradeException>(() => drainer.PrepareAsync(Token))).Failure.Id);
    }

    [Fact]
    public async Task Where_no_eviction_is_served_nothing_is_begun_and_the_remedy_is_told()
    {
        await using var server = await FakeServer.StartAsync(context => (string?)context.Request.Path switch
        {
            "/api/v1/namespaces/kube-system" => FakeServer.JsonAsync(context, """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kube-system","uid":"system-uid"}}"""),
            "/version" => FakeServer.JsonAsync(context, """{"major":"1","minor":"33","gitVersion":"v1.33.0"}"""),
            "/api" => FakeServer.JsonAsync(context, """{"kind":"APIVersions","versions":["v1"]}"""),
            "/apis" => FakeServer.JsonAsync(context, """{"kind":"APIGroupList","apiVersion":"v1","groups":[]}"""),
            "/api/v1" => FakeServer.JsonAsync(context, """{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","namespaced":true,"kind":"Pod","verbs":["get","list","watch","delete"]},{"name":"nodes","namespaced":false,"kind":"Node","verbs":["get","list","watch","patch"]}]}"""),
            _ => FakeServer.StatusAsync(context, 404, "NotFound", "no such path"),
        });
        var config = Encoding.UTF8.GetBytes($$$$"""{"apiVersion":"v1","kind":"Config","current-context":"c","contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}],"clusters":[{"name":"c","cluster":{"server":"{{{{server.Uri}}}}"}}],"users":[{"name":"u","user":{}}]}""");
        await using var cluster = await ClusterConnection.OpenAsync(config, "bare", new ConnectionOptions(), NullReporter.Instance, Token);
        var pool = new Nodepool { Name = "old", Provider = "Labels", Selector = "pool=old", Context = "bare" };
        var drainer = new NodepoolDrainer(cluster, new LabelledNodes(cluster, pool.Selector), pool, new DrainOptions(), new RecordingNodepoolHost());
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => drainer.RunAsync(Token))).Failure;
        Assert.Equal("EvictionNotServed", failure.Id);
        Assert.Contains("-DisableEviction", failure.Recommendation, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, r => !r.StartsWith("GET ", StringComparison.Ordinal));
    }

    private static string On(string node) => $",\"nodeSelector\":{{\"kubernetes.io/hostname\":\"{node}\"}}";

    private static async Task<(NodepoolChangeAction, int)> EndAsync(Task<NodepoolChange> drain) => ((await drain).Action, (await drain).PodCount);

    private sealed class GrowingPool(LiveCluster cluster) : INodepoolProvider
    {
        public List<string> Did { get; } = [];

        public string Name => "Test";

        public async Task<IReadOnlyList<Nodepool>> ListAsync(CancellationToken cancellationToken) => [await cluster.PoolAsync()];

        public async Task<NodepoolGrowth?> HoldGrowthAsync(Nodepool pool, CancellationToken cancellationToken)
        {
            Did.Add($"held while {(await cluster.PoolAsync()).CordonedCount} were cordoned");
            return new NodepoolGrowth(5, pool.NodeCount);
        }

        public async Task<NodepoolGrowth?> ReleaseGrowthAsync(Nodepool pool, CancellationToken cancellationToken)
        {
            Did.Add($"released while {(await cluster.PoolAsync()).CordonedCount} were cordoned");
            return new NodepoolGrowth(pool.NodeCount, 5);
        }
    }
}
