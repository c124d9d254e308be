using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class UpgradeNamespaceTests
{
    private static readonly UpgradePlanOptions s_shop = new() { Selection = new ClusterConfigSelection { Namespace = ["shop"] } };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_login_that_may_only_its_namespace_moves_it_and_takes_it_back(bool remove)
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed([UpgradeScene.Namespace("other"), UpgradeScene.ConfigMap("other", "1").Replace("\"shop\"", "\"other\"", StringComparison.Ordinal)]);
        scene.Host.Cluster("green").Seed([UpgradeScene.Namespace("shop")]);
        foreach (var side in (string[])["blue", "green"])
            await DenyAllButAsync(scene, side, "shop", "other");

        var upgrade = await scene.InvokeAsync(await scene.PlanAsync(s_shop, withScaleDown: true), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        Assert.True(upgrade.State == BlueGreenUpgradeState.AwaitingApproval, $"{upgrade.Reason} {upgrade.Failure}");
        // What is removed on blue meanwhile is looked for on green.
        await scene.DeleteAsync("blue", "", "ConfigMap", "web");
        upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] });
        Assert.Equal((BlueGreenUpgradeState.AwaitingApproval, "catch-up"), (upgrade.State, upgrade.Steps.Single(s => s.State == UpgradeStepState.AwaitingApproval).Id));
        upgrade = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["catch-up"] });
        Assert.True(upgrade.State == BlueGreenUpgradeState.Completed, $"{upgrade.Reason} {upgrade.Failure}");
        Assert.Equal((true, 0, false, 3), (await scene.IsSuspendedAsync("blue"), await scene.ReplicasAsync("blue"), await scene.IsSuspendedAsync("green"), await scene.ReplicasAsync("green")));

        var undone = await scene.UndoAsync(remove);
        Assert.True(undone.State == BlueGreenUpgradeState.Undone, string.Join('\n', undone.Steps.Select(s => $"{s.Id} {s.State} {s.Failure}")));
        Assert.Equal((false, 3), (await scene.IsSuspendedAsync("blue"), await scene.ReplicasAsync("blue")));
        using var map = await scene.GetAsync("green", "", "ConfigMap", "web");
        Assert.Equal(remove, map is null);
        Assert.Equal(remove ? ((bool?)false, null) : (true, (int?)0), (await scene.IsSuspendedAsync("green"), await scene.ReplicasAsync("green")));
        Assert.DoesNotContain(scene.Reports.Reporter.Of("warning"), w => w.Contains("rights", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_its_namespace_never_came_there_is_nothing_to_take_back()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Cluster = "green", Verb = "create", Resource = "namespaces", Name = "shop", Message = "no", Count = null });
        var upgrade = await scene.InvokeAsync(await scene.PlanAsync(s_shop));
        Assert.Equal((BlueGreenUpgradeState.Failed, "import"), (upgrade.State, upgrade.Steps.Single(s => s.State == UpgradeStepState.Failed).Id));
        var undone = await scene.UndoAsync(removeImported: true);
        Assert.True(undone.State == BlueGreenUpgradeState.Undone, string.Join('\n', undone.Steps.Select(s => $"{s.Id} {s.State} {s.Failure}")));
    }

    [Fact]
    public async Task A_plan_of_kinds_that_can_not_be_held_holds_nothing_and_comes_to_its_end()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await scene.PlanAsync(new UpgradePlanOptions { Selection = new ClusterConfigSelection { Kind = ["ConfigMap", "Namespace"] } });
        var upgrade = await scene.InvokeAsync(plan);
        Assert.True(upgrade.State == BlueGreenUpgradeState.Completed, $"{upgrade.Reason} {upgrade.Failure}");
        Assert.False(await scene.IsSuspendedAsync("blue"));
        var undone = await scene.UndoAsync(removeImported: true);
        Assert.Equal(UpgradeStepState.Undone, undone.Steps.Single(s => s.Id == "import").State);
        using var map = await scene.GetAsync("green", "", "ConfigMap", "web");
        Assert.Null(map);
    }

    // At the first export it would be late: people have waited for the upgrade to begin.
    [Theory]
    [InlineData("NamespaceNotFound", "shpo", null, null)]
    [InlineData("KindNotFound", null, "Deploymant", null)]
    [InlineData("InvalidLabelSelector", null, null, "tier in (")]
    public async Task A_selection_that_means_nothing_on_blue_makes_no_plan(string id, string? ns, string? kind, string? labels)
    {
        await using var scene = await UpgradeScene.StartAsync();
        var selection = new ClusterConfigSelection { Namespace = ns is null ? [] : [ns], Kind = kind is null ? [] : [kind], LabelSelector = labels };
        var refused = await Assert.ThrowsAsync<UpgradeException>(() => scene.PlanAsync(new UpgradePlanOptions { Selection = selection }));
        Assert.Equal(id, refused.Failure.Id);
        if (ns is not null)
            Assert.Contains("Did you mean shop", refused.Failure.Message, StringComparison.Ordinal);
    }

    // Which namespaces there are may be seen; what is in them only in the one.
    private static async Task DenyAllButAsync(UpgradeScene scene, string side, string allowed, params string[] others)
    {
        await using var connection = await scene.OpenAsync(side);
        var served = await connection.Client.DiscoverAsync(TestContext.Current.CancellationToken);
        foreach (var kind in served.Resources.Where(kind => kind.Namespaced).Select(kind => kind.Plural).Distinct())
        {
            foreach (var verb in (string[])["list", "watch", "patch", "delete"])
            {
                foreach (var place in others.Append("").Where(place => place != allowed))
                    scene.Host.Cluster(side).Deny(new DeniedAccess { Verb = verb, Resource = kind, Namespace = place });
            }
        }
    }
}
