using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Engine.Nodepools.Providers.Eks;
using KonUpgrade.Engine.Tests.Aws;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Eks;

namespace KonUpgrade.Engine.Tests.Nodepools.Eks;

/// <summary>Node groups of EKS as pools, on a region of the sandbox that lives.</summary>
public sealed class EksNodegroupsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pool_is_made_told_changed_and_removed()
    {
        await using var eks = await LiveEks.StartAsync();
        var made = await eks.MakeAsync("workers", 2, new NodepoolShape
        {
            InstanceType = ["m5.large"],
            Label = new Dictionary<string, string> { ["tier"] = "web" },
            Taint = [new("dedicated", "web", "NoSchedule")],
            Tag = new Dictionary<string, string> { ["team"] = "web" },
        });
        Assert.Equal(("EKS", "ACTIVE", 2, 2, 1, 4), (made.Provider, made.Status, made.DesiredSize, made.NodeCount, made.MinSize, made.MaxSize));
        Assert.Contains(":nodegroup/blue/workers/", made.Id, StringComparison.Ordinal);
        Assert.Equal((("tier", "web"), "dedicated=web:NoSchedule", "web"), (made.Shape!.Label!.Single() is var label ? (label.Key, label.Value) : default, made.Shape.Taint!.Single().ToString(), made.Shape.Tag!["team"]));
        Assert.Equal("workers", Assert.Single(await eks.Groups.ListAsync(Token)).Name);
        Assert.Null(await eks.Groups.FindAsync("nobody", Token));

        var update = await eks.Groups.ConfigureAsync(made, new NodepoolConfiguration { MaxSize = 7, Label = new Dictionary<string, string> { ["tier"] = "api" }, RemoveTaint = made.Shape.Taint }, Token);
        await eks.Groups.WaitUpdatedAsync(made, update, LiveEks.Soon, Token);
        var changed = (await eks.Groups.FindAsync("workers", Token))!;
        Assert.Equal((7, "api", 0), (changed.MaxSize, changed.Shape!.Label!["tier"], changed.Shape.Taint!.Count));

        await eks.Groups.RemoveAsync(changed, Token);
        await eks.Groups.RemoveAsync(changed, Token);
        await eks.Groups.WaitRemovedAsync(changed, LiveEks.Soon, Token);
        Assert.Null(await eks.Groups.FindAsync("workers", Token));
        await eks.Groups.RemoveAsync(changed, Token);
    }

    [Fact]
    public async Task The_same_creation_sent_twice_makes_one_group()
    {
        await using var eks = await LiveEks.StartAsync();
        var shape = await eks.Groups.CompleteAsync("workers", new NodepoolShape { MinSize = 1, MaxSize = 2, NodeRole = eks.Eks.NodeRole("blue") }, null, Token);
        await eks.Groups.CreateAsync("workers", shape, "token-1", Token);
        await eks.Groups.CreateAsync("workers", shape, "token-1", Token);
        Assert.Equal("NodegroupExists", (await Assert.ThrowsAsync<ResourceInUseException>(() => eks.Groups.CreateAsync("workers", shape, "token-2", Token))).Failure.Id);
        Assert.Single(await eks.Groups.ListAsync(Token));
    }

    [Fact]
    public async Task A_pool_that_is_drained_can_t_grow_back_until_it_is_resumed()
    {
        await using var eks = await LiveEks.StartAsync();
        await eks.MakeAsync("others", 1);
        var pool = await eks.MakeAsync("workers", 2, new NodepoolShape { MaxUnavailable = 3 });
        var change = await new NodepoolDrainer(eks.Connection, eks.Groups, pool, new DrainOptions(), eks.Told).RunAsync(Token);
        Assert.Equal((NodepoolChangeAction.Suspended, 4, 2), (change.Action, change.MaxSizeBefore, change.MaxSizeAfter));
        var held = (await eks.Groups.FindAsync("workers", Token))!;
        // What it is made with is what it was, and the marks are none of its labels.
        Assert.Equal((2, 4, 3, 0), (held.MaxSize, held.Shape!.MaxSize, held.Shape.MaxUnavailable, held.Shape.Label!.Count));
        // The service refuses that more are away at once than there can be.
        Assert.Equal(2, (await eks.Access.Client.DescribeNodegroupAsync("blue", "workers", Token)).UpdateConfig!.MaxUnavailable);
        Assert.Equal(NodepoolState.Suspended, held.State);
        // A second time nothing is noted anew.
        Assert.Null(await eks.Groups.HoldGrowthAsync(held, Token));

        var resumed = await new NodepoolResumer(eks.Connection, eks.Groups, held, 4, eks.Told).RunAsync(Token);
        Assert.Equal((NodepoolChangeAction.Resumed, 2, 4), (resumed.Action, resumed.MaxSizeBefore, resumed.MaxSizeAfter));
        var again = (await eks.Groups.FindAsync("workers", Token))!;
        Assert.Equal((4, NodepoolState.Active), (again.MaxSize, again.State));
        var told = await eks.Access.Client.DescribeNodegroupAsync("blue", "workers", Token);
        Assert.Equal((3, 0), (told.UpdateConfig!.MaxUnavailable, told.Labels.Count));
        Assert.Null(await eks.Groups.ReleaseGrowthAsync(again, Token));
    }

    [Fact]
    public async Task Of_a_group_that_was_made_anew_under_the_name_nothing_is_changed()
    {
        await using var eks = await LiveEks.StartAsync();
        var pool = await eks.MakeAsync("workers", 1);
        var stale = pool with { Id = pool.Id + "0" };
        Assert.Null(await eks.Groups.HoldGrowthAsync(stale, Token));
        await eks.Groups.RemoveAsync(stale, Token);
        Assert.Equal("ACTIVE", (await eks.Groups.FindAsync("workers", Token))!.Status);
    }

    [Fact]
    public async Task Nothing_is_changed_in_a_cluster_that_is_not_the_connected_one()
    {
        await using var eks = await LiveEks.StartAsync();
        using var clusters = new ManagedClusters(LiveEks.Login(eks.Host), NullReporter.Instance);
        // The name of green, and the server of blue.
        var blue = await clusters.GetAsync("blue", Token);
        await using var mixed = await ClusterConnection.OpenAsync(new ClusterTarget(null, null) { Managed = blue with { Name = "green" } }, new ConnectionOptions(), NullReporter.Instance, Token);
        using var access = EksAccess.Open(mixed, null, NullReporter.Instance);
        var groups = new EksNodegroups(mixed, access, NullReporter.Instance);
        foreach (var change in new Func<Task>[]
        {
            () => groups.CreateAsync("x", new NodepoolShape(), null, Token),
            () => groups.ConfigureAsync(Pool("x"), new NodepoolConfiguration { MaxSize = 2 }, Token),
            () => groups.UpdateVersionAsync(Pool("x"), new NodepoolVersion(), Token),
            () => groups.RemoveAsync(Pool("x"), Token),
            () => groups.CompleteAsync("x", new NodepoolShape(), null, Token),
        })
        {
            Assert.Equal("EksClusterMismatch", (await Assert.ThrowsAsync<UpgradeException>(change)).Failure.Id);
        }
    }

    [Fact]
    public async Task A_group_that_can_t_be_made_says_why()
    {
        await using var eks = await LiveEks.StartAsync();
        eks.Eks.AddTrouble(new EksTrouble("AsgInstanceLaunchFailures"));
        var e = await Assert.ThrowsAsync<EksStateException>(() => eks.MakeAsync("workers", 1));
        Assert.Equal("NodegroupCreateFailed", e.Failure.Id);
        var pool = (await eks.Groups.FindAsync("workers", Token))!;
        Assert.Equal("CREATE_FAILED", pool.Status);
        Assert.Contains("AsgInstanceLaunchFailures", Assert.Single(pool.Issues), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_no_service_keeps_is_a_pool_by_its_labels_beside_those_of_the_service()
    {
        await using var eks = await LiveEks.StartAsync();
        await eks.MakeAsync("workers", 1);
        await eks.Host.Cluster("blue").DataPlane!.AddNodeAsync(new() { Name = "spot-1", Labels = new Dictionary<string, string> { ["karpenter.sh/nodepool"] = "spot" } }, Token);
        async Task<string[]> FoundAsync(NodepoolSource source)
        {
            using var providers = await NodepoolProviders.OpenAsync(eks.Connection, source, eks.Told, Token);
            return [.. (await providers.ListAsync(mayFallBack: false, Token)).Select(kept => $"{kept.Pool.Name} {kept.Provider.Name}")];
        }

        Assert.Equal(["spot Labels", "workers EKS"], await FoundAsync(new NodepoolSource()));
        Assert.Equal(["workers EKS"], await FoundAsync(new NodepoolSource { Provider = "EKS" }));
        Assert.Equal(["spot Labels", "workers Labels"], await FoundAsync(new NodepoolSource { Provider = "Labels" }));
        Assert.Equal(["karpenter.sh/nodepool Labels"], await FoundAsync(new NodepoolSource { Selector = "karpenter.sh/nodepool" }));
        Assert.Equal("ProviderNotKnown", (await Assert.ThrowsAsync<UpgradeException>(() => FoundAsync(new NodepoolSource { Provider = "GKE" }))).Failure.Id);
        Assert.Equal("KonstellationNotInstalled", (await Assert.ThrowsAsync<UpgradeException>(() => FoundAsync(new NodepoolSource { Provider = "Konstellation" }))).Failure.Id);
    }

    [Fact]
    public async Task Where_the_service_refuses_a_look_falls_back_to_labels_and_says_so_and_a_change_does_not()
    {
        await using var eks = await LiveEks.StartAsync();
        await eks.MakeAsync("workers", 1);
        using var providers = await NodepoolProviders.OpenAsync(eks.Connection, new NodepoolSource { Aws = LiveEks.Login(eks.Host) with { Keys = TestKeys.Any } }, eks.Told, Token);
        var kept = Assert.Single(await providers.ListAsync(mayFallBack: true, Token));
        Assert.Equal(("workers", "Labels"), (kept.Pool.Name, kept.Provider.Name));
        Assert.Contains("EKS, which keeps pools of", eks.Told.Text, StringComparison.Ordinal);
        var refused = (await Assert.ThrowsAsync<UpgradeException>(() => providers.ListAsync(mayFallBack: false, Token))).Failure;
        Assert.Contains("-Provider Labels", refused.Recommendation, StringComparison.Ordinal);
    }

    private static Nodepool Pool(string name) => new() { Name = name, Provider = "EKS", Selector = $"eks.amazonaws.com/nodegroup={name}" };
}
