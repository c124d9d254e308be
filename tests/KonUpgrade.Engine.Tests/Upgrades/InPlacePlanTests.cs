using System.Text;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Reports;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using static KonUpgrade.Engine.Tests.Upgrades.TestPlans;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>A plan of one cluster: what is said of it, and that it is run, looked at, taken back and reported without a green one.</summary>
public sealed class InPlacePlanTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_of_one_cluster_comes_back_from_its_file_as_it_was()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "plan.yaml");
        var plan = OfOne(Step("export", StepKind.ExportConfig, [], UpgradeSide.Blue));
        await PlanFile.SaveAsync(plan, path, Token);
        Assert.Contains("way: InPlace", await File.ReadAllTextAsync(path, Token), StringComparison.Ordinal);
        var read = await PlanFile.LoadAsync(path, new RecordingReporter(), Token);
        Assert.Equal((UpgradeWay.InPlace, null, "2.31"), (read.Way, read.Green, read.TargetVersion));
        Assert.True(PlanJson.IsSame(plan, read));
        Assert.False(PlanJson.IsSame(plan, read with { TargetVersion = "2.32" }));
    }

    [Theory]
    [InlineData("way: InPlace", "green: {context: g, clusterUid: 2}", "- {id: a, kind: WaitForCluster}", "An upgrade in place has one cluster")]
    [InlineData("way: BlueGreen", "", "- {id: a, kind: WaitForCluster}", "green must be there")]
    [InlineData("volume: Skip", "", "- {id: a, kind: WaitForCluster}", "green must be there")]
    [InlineData("way: Sideways", "", "- {id: a, kind: WaitForCluster}", "'Sideways' is none of InPlace, BlueGreen")]
    [InlineData("way: InPlace", "", "- {id: a, kind: WaitForCluster, target: Green}", "Step 'a' (WaitForCluster) is about green, and an upgrade in place has no green cluster.")]
    [InlineData("way: InPlace", "", "- {id: e, kind: ExportConfig}\n- {id: a, kind: ImportConfig, export: e, after: [e]}", "Step 'a' (ImportConfig) is about green")]
    public void A_plan_says_in_one_way_whether_it_has_a_green_cluster(string way, string green, string steps, string message)
    {
        var text = $"apiVersion: konupgrade.dev/v1\nkind: UpgradePlan\nmetadata: {{name: p}}\nsystem: Kubernetes\n{way}\nblue: {{context: b, clusterUid: \"1\"}}\n{green}\nsteps:\n{steps}\n";
        var thrown = Assert.Throws<UpgradeException>(() => PlanFile.Read(Encoding.UTF8.GetBytes(text.Replace("clusterUid: 2", "clusterUid: \"2\"", StringComparison.Ordinal)), "plan.yaml"));
        Assert.Equal("InvalidPlan", thrown.Failure.Id);
        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_run_without_a_green_cluster()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await OfBlueAsync(scene);
        Assert.All(await scene.PreviewAsync(plan), step => Assert.Null(step.Failure));
        var upgrade = await scene.InvokeAsync(plan);
        Assert.Equal((BlueGreenUpgradeState.Completed, UpgradeWay.InPlace, null), (upgrade.State, upgrade.Way, upgrade.Green));
        Assert.True(await scene.IsSuspendedAsync("blue"));
        var html = Encoding.UTF8.GetString(await ReportFile.MakeAsync(UpgradeJournal.InFile(scene.JournalFile), UpgradeReportFormat.Html, _ => scene.WorkPath, Token));
        Assert.Contains("in place", html, StringComparison.Ordinal);
        Assert.DoesNotContain("green", html[html.IndexOf("<header", StringComparison.Ordinal)..html.IndexOf("id=\"steps\"", StringComparison.Ordinal)], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.False(await scene.IsSuspendedAsync("blue"));
    }

    [Fact]
    public async Task Nothing_is_begun_on_another_cluster_than_the_plans()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var plan = await OfBlueAsync(scene);
        var thrown = await Assert.ThrowsAsync<UpgradeException>(() => scene.InvokeAsync(plan with { Blue = plan.Blue with { ClusterUid = "other" } }));
        Assert.Equal("OtherCluster", thrown.Failure.Id);
        Assert.False(await scene.IsSuspendedAsync("blue"));
    }

    private static UpgradePlan OfOne(params UpgradeStep[] steps) => Of(steps) with { Green = null, TargetVersion = "2.31" };

    private static async Task<UpgradePlan> OfBlueAsync(UpgradeScene scene)
    {
        await using var blue = await scene.OpenAsync("blue");
        var uid = (await blue.GetIdentityAsync(Token)).Uid!;
        var plan = OfOne(
            Step("export", StepKind.ExportConfig, [], UpgradeSide.Blue),
            Step("quiet", StepKind.QuiesceWorkload, ["export"], UpgradeSide.Blue, ("class", "Scheduled"), ("interval", "20ms")));
        return plan with { Blue = plan.Blue with { ClusterUid = uid } };
    }
}
