using System.Text.Json.Nodes;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Changing;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Engine.Nodepools.Providers.Konstellation;
using KonUpgrade.Engine.Nodepools.Waiting;
using KonUpgrade.Engine.Tests.Nodepools.Eks;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Nodepools.Konstellation;

/// <summary>Pools of Konstellation: the Nodepool and the node group together, on a region of the sandbox that lives.</summary>
public sealed class KonstellationNodepoolsTests
{
    private static readonly NodepoolShape s_plain = new() { InstanceType = ["m5.large"], MaxSize = 4 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_pool_is_what_kon_would_make_a_Nodepool_and_its_node_group()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        var pool = await kon.MakeAsync("workers", s_plain with { Ec2SshKey = "ops" });
        Assert.Equal(("Konstellation", "ACTIVE", 2, 2, 4, 2), (pool.Provider, pool.Status, pool.DesiredSize, pool.MinSize, pool.MaxSize, pool.ReadyCount));
        Assert.Contains(":nodegroup/blue/workers/", pool.Id, StringComparison.Ordinal);
        Assert.Empty(pool.Issues);

        var o = (await kon.ObjectAsync("workers"))!;
        Same(
            """
            {"autoscale":true,"minSize":2,"maxSize":4,"machineType":"m5.large","diskSizeGiB":50,"requiresGPU":false,
             "aws":{"amiType":"AL2023_x86_64_STANDARD","sshKeypair":"ops","connectFromAnywhere":false}}
            """,
            o["spec"]);
        var group = await kon.Eks.Access.Client.DescribeNodegroupAsync("blue", "workers", Token);
        Assert.Equal(group.Resources!.AutoScalingGroups[0].Name, (string?)o["status"]!["aws"]!["asgId"]);
        Assert.Equal(2, (int?)o["status"]!["numReady"]);
        Assert.Empty(Marks(o));

        // The private subnets, the role and the groups that the ClusterConfig names.
        Assert.Equal((kon.Eks.Eks.NodeRole("blue"), kon.Eks.Eks.SubnetIds("blue")[1]), (group.NodeRole, Assert.Single(group.Subnets)));
        Assert.Equal(("ops", "sg-kon-blue"), (group.RemoteAccess!.Ec2SshKey, Assert.Single(group.RemoteAccess.SourceSecurityGroups!)));
        Assert.Equal(("owned", "true"), (group.Tags["k8s.io/cluster-autoscaler/blue"], group.Tags["k8s.io/cluster-autoscaler/enabled"]));
        Assert.DoesNotContain("warning", kon.Told.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_a_Nodepool_has_no_words_for_the_node_group_has_and_that_is_told()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        var pool = await kon.MakeAsync("workers", s_plain with
        {
            MinSize = 1,
            MaxSize = 1,
            InstanceType = ["m5.large", "m5a.large"],
            CapacityType = "SPOT",
            Label = new Dictionary<string, string> { ["tier"] = "web" },
            Taint = [new("dedicated", "web", "NoSchedule")],
        });
        Assert.Equal(("web", "dedicated=web:NoSchedule", 2, "SPOT"), (pool.Shape!.Label!["tier"], Assert.Single(pool.Shape.Taint!).ToString(), pool.Shape.InstanceType!.Count, pool.Shape.CapacityType));
        Assert.Contains("workers has labels, taints, more than one instance type, capacity SPOT", kon.Told.Text, StringComparison.Ordinal);
        var spec = (await kon.ObjectAsync("workers"))!["spec"]!;
        // Nothing is left to the autoscaler.
        Assert.Equal(("m5.large", false), ((string?)spec["machineType"], (bool?)spec["autoscale"]));
        Assert.DoesNotContain(pool.Shape.Tag!, tag => tag.Key.Contains("autoscaler", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Killed_between_the_two_it_says_so_and_the_same_call_carries_on()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        var shape = await kon.Pools.CompleteAsync("workers", s_plain with { Tag = new Dictionary<string, string> { ["team"] = "web" } }, null, Token);
        await kon.KillAtAsync(LiveKonstellation.Creation, token => kon.Pools.CreateAsync("workers", shape, "token-1", token));
        Assert.Empty(await kon.Eks.Groups.ListAsync(Token));

        var other = await kon.OtherAsync();
        var begun = Assert.Single(await other.ListAsync(Token));
        Assert.Equal((KonstellationNodepools.GroupMissing, NodepoolState.Empty, null, "web"), (begun.Status, begun.State, begun.Id, begun.Shape!.Tag!["team"]));
        Assert.Contains("interrupted", Assert.Single(begun.Issues), StringComparison.Ordinal);
        Assert.Equal("NodepoolIncomplete", (await Assert.ThrowsAsync<UpgradeException>(() => other.WaitActiveAsync("workers", LiveEks.Soon, Token))).Failure.Id);

        // Asked for otherwise now.
        shape = await other.CompleteAsync("workers", s_plain with { MaxSize = 5 }, null, Token);
        await other.CreateAsync("workers", shape, "token-2", Token);
        await other.WaitActiveAsync("workers", LiveEks.Soon, Token);
        var made = Assert.Single(await other.ListAsync(Token));
        Assert.Equal(("ACTIVE", 5), (made.Status, made.MaxSize));
        var o = (await kon.ObjectAsync("workers"))!;
        Assert.Equal(5, (int?)o["spec"]!["maxSize"]);
        Assert.Empty(Marks(o));
    }

    [Fact]
    public async Task Killed_when_the_order_is_on_its_way_it_is_one_pool_and_the_same_order_is_known_again()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        var shape = await kon.Pools.CompleteAsync("workers", s_plain, null, Token);
        await kon.KillAtAsync(LiveKonstellation.Group("CreateNodegroup"), token => kon.Pools.CreateAsync("workers", shape, "token-1", token));
        var other = await kon.OtherAsync();
        Assert.NotNull(Assert.Single(await other.ListAsync(Token)).Id);
        Assert.Equal("NodepoolExists", (await Assert.ThrowsAsync<UpgradeException>(() => other.CompleteAsync("workers", s_plain, null, Token))).Failure.Id);
        // Another order is not the same, and takes nothing away.
        Assert.Equal(FailureKind.AlreadyExists, (await Assert.ThrowsAnyAsync<UpgradeException>(() => other.CreateAsync("workers", shape, "token-2", Token))).Failure.Kind);
        Assert.Equal(["konupgrade.dev/announced"], Marks((await kon.ObjectAsync("workers"))!));
        await other.CreateAsync("workers", shape, "token-1", Token);
        await other.CreateAsync("workers", shape, "token-1", Token);
        Assert.Empty(Marks((await kon.ObjectAsync("workers"))!));
    }

    [Fact]
    public async Task Where_EKS_refuses_the_node_group_no_Nodepool_is_left()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        var refused = await Assert.ThrowsAnyAsync<UpgradeException>(() => kon.MakeAsync("workers", s_plain with { NodeRole = "arn:aws:iam::123456789012:role/nobody" }));
        Assert.Equal("EksInvalidParameter", refused.Failure.Id);
        Assert.Null(await kon.ObjectAsync("workers"));
        Assert.Equal("NodepoolShapeIncomplete", (await Assert.ThrowsAsync<UpgradeException>(() => kon.MakeAsync("workers", new NodepoolShape()))).Failure.Id);
        foreach (var name in new[] { "Workers", "a_b", "-a", "a-", "a.b", "" })
            Assert.Equal("NodepoolNameInvalid", (await Assert.ThrowsAsync<UpgradeException>(() => kon.MakeAsync(name))).Failure.Id);
    }

    [Fact]
    public async Task A_Nodepool_without_a_node_group_is_told_not_taken_over_and_can_be_removed()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        kon.Host.Cluster("blue").Seed([KonObjects.Pool("left")]);
        var left = Assert.Single(await kon.Pools.ListAsync(Token));
        Assert.Equal((KonstellationNodepools.GroupMissing, null, 2, 4, 50), (left.Status, left.Id, left.MinSize, left.MaxSize, left.Shape!.DiskSize));
        Assert.Contains("EKS has no node group of its name", left.Issues);
        Assert.Equal("NodepoolExists", (await Assert.ThrowsAsync<UpgradeException>(() => kon.MakeAsync("left"))).Failure.Id);
        Assert.Equal("NodepoolExists", (await Assert.ThrowsAsync<UpgradeException>(() => kon.Pools.CreateAsync("left", left.Shape, null, Token))).Failure.Id);
        Assert.Equal("NodepoolIncomplete", (await Assert.ThrowsAsync<UpgradeException>(() => kon.Pools.ConfigureAsync(left, new NodepoolConfiguration { MaxSize = 3 }, Token))).Failure.Id);
        Assert.Equal("NodepoolIncomplete", (await Assert.ThrowsAsync<UpgradeException>(() => kon.Pools.UpdateVersionAsync(left, new NodepoolVersion(), Token))).Failure.Id);

        var change = await new NodepoolRemover(kon.Eks.Connection, kon.Pools, left, new DrainOptions { AllowLastPool = true }, kon.Told) { Wait = LiveEks.Soon }.RunAsync(Token);
        Assert.Equal((NodepoolChangeAction.Removed, null), (change.Action, change.Failure));
        Assert.Null(await kon.ObjectAsync("left"));
    }

    [Fact]
    public async Task A_node_group_without_a_Nodepool_stays_a_pool_of_EKS_and_each_is_told_once()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        await kon.Eks.MakeAsync("alone", 1);
        await kon.MakeAsync("both");
        kon.Host.Cluster("blue").Seed([KonObjects.Pool("left")]);
        async Task<string[]> FoundAsync(NodepoolSource source)
        {
            using var providers = await NodepoolProviders.OpenAsync(kon.Eks.Connection, source, kon.Told, Token);
            return [.. (await providers.ListAsync(mayFallBack: false, Token)).Select(kept => $"{kept.Pool.Name} {kept.Pool.Provider} {kept.Provider.Name}")];
        }

        Assert.Equal(["alone EKS EKS", "both Konstellation Konstellation", "left Konstellation Konstellation"], await FoundAsync(new NodepoolSource()));
        Assert.Equal(["both Konstellation Konstellation", "left Konstellation Konstellation"], await FoundAsync(new NodepoolSource { Provider = "Konstellation" }));
        // Who asks for node groups gets them all, as they are.
        Assert.Equal(["alone EKS EKS", "both EKS EKS"], await FoundAsync(new NodepoolSource { Provider = "EKS" }));
        using var all = await NodepoolProviders.OpenAsync(kon.Eks.Connection, new NodepoolSource(), kon.Told, Token);
        Assert.Equal(["Konstellation", "EKS"], all.Keepers.Select(keeper => keeper.Name));
        using var eks = await NodepoolProviders.OpenAsync(kon.Eks.Connection, new NodepoolSource { Provider = "EKS" }, kon.Told, Token);
        Assert.Equal("EKS", eks.Keeper!.Name);
        // It would be another Nodepool's node group.
        Assert.Equal("NodepoolExists", (await Assert.ThrowsAsync<UpgradeException>(() => kon.MakeAsync("alone"))).Failure.Id);
        Assert.Equal("NodepoolExists", (await Assert.ThrowsAsync<UpgradeException>(() => kon.Pools.CreateAsync("alone", s_plain, null, Token))).Failure.Id);
        Assert.Null(await kon.ObjectAsync("alone"));
    }

    [Fact]
    public async Task Where_Nodepools_may_not_be_read_a_look_falls_back_and_a_change_does_not()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        await kon.MakeAsync("workers");
        kon.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "list", Resource = "nodepools", Count = null });
        using var providers = await NodepoolProviders.OpenAsync(kon.Eks.Connection, new NodepoolSource(), kon.Told, Token);
        Assert.Equal("Labels", Assert.Single(await providers.ListAsync(mayFallBack: true, Token)).Pool.Provider);
        Assert.Contains("Konstellation, which keeps pools of", kon.Told.Text, StringComparison.Ordinal);
        Assert.Equal(FailureKind.PermissionDenied, (await Assert.ThrowsAsync<UpgradeException>(() => providers.ListAsync(mayFallBack: false, Token))).Failure.Kind);
    }

    [Fact]
    public async Task It_is_removed_in_kon_s_order_the_node_group_and_then_the_Nodepool()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        var pool = await kon.MakeAsync("workers");
        await kon.Pools.RemoveAsync(pool with { Id = pool.Id + "0" }, Token);
        Assert.Equal("ACTIVE", (await kon.Pools.FindAsync("workers", Token))!.Status);

        await kon.Pools.RemoveAsync(pool, Token);
        await kon.Pools.RemoveAsync(pool, Token);
        Assert.Equal("DELETING", (await kon.Pools.FindAsync("workers", Token))!.Status);
        Assert.NotNull(await kon.ObjectAsync("workers"));
        await kon.Pools.WaitRemovedAsync(pool, LiveEks.Soon, Token);
        Assert.Null(await kon.ObjectAsync("workers"));
        Assert.Contains("eks:nodegroup-name=workers", kon.Told.Text, StringComparison.Ordinal);
        await kon.Pools.RemoveAsync(pool, Token);
        await kon.Pools.WaitRemovedAsync(pool, LiveEks.Soon, Token);
    }

    [Fact]
    public async Task A_removal_that_is_killed_is_ended_by_the_next_one_and_by_who_waits_for_it()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        foreach (var name in new[] { "first", "second" })
        {
            var pool = await kon.MakeAsync(name);
            await kon.KillAtAsync(LiveKonstellation.Group("DeleteNodegroup"), token => kon.Pools.RemoveAsync(pool, token));
            await kon.Eks.Groups.WaitRemovedAsync(pool, LiveEks.Soon, Token);
            // It is the same one still, so that who was to remove it may.
            var left = (await kon.Pools.FindAsync(name, Token))!;
            Assert.Equal((pool.Id, KonstellationNodepools.GroupMissing), (left.Id, left.Status));
            if (name == "first")
                await kon.Pools.RemoveAsync(left, Token);
            else
                await new NodepoolWaiter(kon.Eks.Connection, kon.Told).RemovedAsync(kon.Pools, pool, LiveEks.Soon, Token);
            Assert.Null(await kon.ObjectAsync(name));
        }
    }

    [Fact]
    public async Task A_Nodepool_that_is_left_by_others_is_not_removed_by_who_only_waits()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        var pool = await kon.MakeAsync("workers");
        await kon.Eks.Groups.RemoveAsync(pool, Token);
        await kon.Eks.Groups.WaitRemovedAsync(pool, LiveEks.Soon, Token);
        var e = await Assert.ThrowsAsync<UpgradeException>(() => kon.Pools.WaitRemovedAsync(pool, LiveEks.Soon with { Timeout = TimeSpan.FromMilliseconds(100) }, Token));
        Assert.Equal(("NodepoolNotGone", FailureKind.Timeout), (e.Failure.Id, e.Failure.Kind));
        Assert.NotNull(await kon.ObjectAsync("workers"));
        await kon.Pools.RemoveAsync((await kon.Pools.FindAsync("workers", Token))!, Token);
        Assert.Null(await kon.ObjectAsync("workers"));
    }

    [Fact]
    public async Task Sizes_are_changed_in_both_and_where_the_Nodepool_may_not_be_changed_in_neither()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        var pool = await kon.MakeAsync("workers");
        var update = await kon.Pools.ConfigureAsync(pool, new NodepoolConfiguration { MinSize = 1, MaxSize = 7, Label = new Dictionary<string, string> { ["tier"] = "web" } }, Token);
        await kon.Pools.WaitUpdatedAsync(pool, update, LiveEks.Soon, Token);
        pool = (await kon.Pools.FindAsync("workers", Token))!;
        Assert.Equal((1, 7, "web", 0), (pool.MinSize, pool.MaxSize, pool.Shape!.Label!["tier"], pool.Issues.Count));
        var spec = (await kon.ObjectAsync("workers"))!["spec"]!;
        Assert.Equal((1, 7), ((int?)spec["minSize"], (int?)spec["maxSize"]));

        kon.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "patch", Resource = "nodepools", Count = null });
        var refused = await Assert.ThrowsAsync<KubernetesApiException>(() => kon.Pools.ConfigureAsync(pool, new NodepoolConfiguration { MaxSize = 9 }, Token));
        Assert.Equal(FailureKind.PermissionDenied, refused.Failure.Kind);
        Assert.Equal(7, (await kon.Pools.FindAsync("workers", Token))!.MaxSize);
        // What it has no words for asks nothing of it.
        await kon.Pools.ConfigureAsync(pool, new NodepoolConfiguration { RemoveLabel = ["tier"] }, Token);
        kon.Host.Faults.Clear();

        await kon.Eks.Groups.WaitActiveAsync("workers", LiveEks.Soon, Token);
        update = await kon.Eks.Groups.ConfigureAsync(pool, new NodepoolConfiguration { MaxSize = 6 }, Token);
        await kon.Eks.Groups.WaitUpdatedAsync(pool, update, LiveEks.Soon, Token);
        Assert.Equal("Its Nodepool says 1 to 7 nodes, its node group 1 to 6", Assert.Single((await kon.Pools.FindAsync("workers", Token))!.Issues));
    }

    [Fact]
    public async Task A_pool_that_is_drained_can_t_grow_back_and_its_Nodepool_keeps_saying_what_it_was()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        await kon.Eks.MakeAsync("others", 1);
        var pool = await kon.MakeAsync("workers");
        var change = await new NodepoolDrainer(kon.Eks.Connection, kon.Pools, pool, new DrainOptions(), kon.Told).RunAsync(Token);
        Assert.Equal((NodepoolChangeAction.Suspended, "Konstellation", 4, 2), (change.Action, change.Provider, change.MaxSizeBefore, change.MaxSizeAfter));
        var held = (await kon.Pools.FindAsync("workers", Token))!;
        Assert.Equal((2, 4, 0), (held.MaxSize, held.Shape!.MaxSize, held.Issues.Count));
        Assert.Equal(4, (int?)(await kon.ObjectAsync("workers"))!["spec"]!["maxSize"]);
        var resumed = await new NodepoolResumer(kon.Eks.Connection, kon.Pools, held, 4, kon.Told).RunAsync(Token);
        Assert.Equal((NodepoolChangeAction.Resumed, 2, 4), (resumed.Action, resumed.MaxSizeBefore, resumed.MaxSizeAfter));
    }

    [Fact]
    public async Task From_one_Konstellation_to_another_a_pool_gets_what_the_other_one_s_ClusterConfig_names()
    {
        await using var kon = await LiveKonstellation.StartAsync();
        KonObjects.Install(kon.Host, "green");
        var blue = await kon.MakeAsync("workers", s_plain with { Ec2SshKey = "ops", DiskSize = 33, MaxUnavailable = 1 });
        var green = await kon.OtherAsync("green");
        var shape = await green.CompleteAsync("workers", new NodepoolShape { DesiredSize = 3 }, blue, Token);
        Assert.Equal(
            (kon.Eks.Eks.NodeRole("green"), kon.Eks.Eks.SubnetIds("green")[1], "sg-kon-green", 33, 3),
            (shape.NodeRole, Assert.Single(shape.Subnet!), Assert.Single(shape.SourceSecurityGroup!), shape.DiskSize, shape.DesiredSize));
        Assert.Equal("owned", shape.Tag!["k8s.io/cluster-autoscaler/green"]);
        Assert.DoesNotContain("k8s.io/cluster-autoscaler/blue", shape.Tag.Keys);
        await green.CreateAsync("workers", shape, null, Token);
        Assert.Equal(33, (int?)(await kon.ObjectAsync("workers", "green"))!["spec"]!["diskSizeGiB"]);
    }

    [Fact]
    public async Task The_ClusterConfig_of_another_cluster_says_nothing_of_this_one()
    {
        await using var kon = await LiveKonstellation.StartAsync(configOf: "green");
        Assert.Equal("NodepoolShapeIncomplete", (await Assert.ThrowsAsync<UpgradeException>(() => kon.MakeAsync("workers"))).Failure.Id);
        Assert.Contains("The ClusterConfig of", kon.Told.Text, StringComparison.Ordinal);
        Assert.Contains("is that of green", kon.Told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_real_definitions_take_what_is_written()
    {
        var shared = Environment.GetEnvironmentVariable("KONUPGRADE_SHARED");
        var folder = Path.Combine(shared ?? "", "data", "crds", "konstellation");
        Assert.SkipWhen(string.IsNullOrEmpty(shared) || !Directory.Exists(folder), "needs real definitions: a folder with data/crds in KONUPGRADE_SHARED");
        await using var kon = await LiveKonstellation.StartAsync(definitions: folder);
        var pool = await kon.MakeAsync("workers");
        var o = (await kon.ObjectAsync("workers"))!;
        Assert.Equal(("ACTIVE", 2), (pool.Status, (int?)o["status"]!["numReady"]));
        Same("""{"amiType":"AL2023_x86_64_STANDARD","sshKeypair":"","connectFromAnywhere":false}""", o["spec"]!["aws"]);
        await kon.Pools.RemoveAsync(pool, Token);
        await kon.Pools.WaitRemovedAsync(pool, LiveEks.Soon, Token);
        Assert.Null(await kon.ObjectAsync("workers"));
    }

    private static IReadOnlyList<string> Marks(JsonObject o) => [.. (o["metadata"]!["annotations"] as JsonObject ?? []).Select(annotation => annotation.Key)];

    private static void Same(string expected, JsonNode? actual) => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual?.ToJsonString());
}
