using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>What the plan of a Kubermatic in its place is made of.</summary>
public sealed class InPlacePlannerTests
{
    private static readonly string[] s_hop = ["readiness", "back-up", "limit", "install", "reconcile", "unlimit", "health"];

    [Theory]
    [InlineData("v2.30.2", "2.31", "2.30.2 > 2.31")]
    [InlineData("v2.30.2", "ee-v2.31.4", "2.30.2 > 2.31.4")]
    [InlineData("v2.29.0", "2.31.4", "2.29.0 > 2.30, 2.30 > 2.31.4")]
    [InlineData("v2.31.0", "2.31.2", "2.31.0 > 2.31.2")]
    [InlineData("v2.31.0", "2.31", "VersionReached")]
    [InlineData("v2.31.2", "2.31.2", "VersionReached")]
    [InlineData("v2.31.2", "2.31.1", "DowngradeNotPlanned")]
    [InlineData("v2.31.0", "2.30", "DowngradeNotPlanned")]
    [InlineData("v2.31.0", "3.0", "MajorVersionNotPlanned")]
    [InlineData("v2.31.0-rc.1", "2.31.0", "2.31.0-rc.1 > 2.31.0")]
    [InlineData("v2.31.0-rc.9", "2.31.0-rc.10", "2.31.0-rc.9 > 2.31.0-rc.10")]
    [InlineData("v2.31.0", "2.31.0-rc.2", "DowngradeNotPlanned")]
    [InlineData("v2.31.0-rc.2", "2.31.0-beta.5", "DowngradeNotPlanned")]
    [InlineData("v2.31.0-rc.2", "2.31.0-rc.2", "VersionReached")]
    public void One_minor_version_is_gone_at_a_time(string live, string target, string way)
    {
        string Way() => string.Join(", ", VersionHop.Between("master", ReleaseVersion.Parse(live)!, ReleaseVersion.Parse(target)!).Select(hop => $"{hop.From} > {hop.To}"));
        if (way.Contains('>', StringComparison.Ordinal))
            Assert.Equal(way, Way());
        else
            Assert.Equal(way, Assert.Throws<UpgradeException>(Way).Failure.Id);
    }

    [Theory]
    [InlineData("2.31", "v2.31.7", true)]
    [InlineData("2.31", "v2.31.0-rc.1", true)]
    [InlineData("2.31.0", "v2.31.0", true)]
    [InlineData("2.31.0", "v2.31.1", false)]
    [InlineData("2.31.0-rc.2", "v2.31.0-rc.1", false)]
    [InlineData("2.31", "v2.30.9", false)]
    [InlineData("2.31.2", "v2.31.2-rc.1", false)]
    [InlineData("2.31.2", "v2.31.2+4f0a", true)]
    public void A_version_without_a_patch_is_met_by_any(string wanted, string told, bool met) =>
        Assert.Equal(met, ReleaseVersion.Parse(wanted)!.IsMetBy(ReleaseVersion.Parse(told)!));

    [Theory]
    [InlineData("2")]
    [InlineData("soon")]
    [InlineData("2.31.x")]
    [InlineData("2.31.99999999999")]
    public void What_is_no_version_is_none(string text) => Assert.Null(ReleaseVersion.Parse(text));

    [Fact]
    public async Task The_steps_of_a_version_come_after_those_of_the_version_before()
    {
        await using var scene = await InPlaceScene.StartAsync(version: "v2.29.1");
        var reporter = new RecordingReporter();
        var options = new UpgradePlanOptions
        {
            Setting = new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                ["limit"] = new Dictionary<string, string> { ["Limit"] = "3", ["timeout"] = "5m" },
                ["limit-2-31-4"] = new Dictionary<string, string> { ["limit"] = "1" },
            },
            Gate = ["install"],
            ScriptGate = ["reconcile-2-30"],
            Omit = ["readiness-2-30"],
        };
        var plan = await scene.PlanAsync("ee-v2.31.4", options, reporter: reporter);

        Assert.Equal((UpgradeWay.InPlace, null, "ee-2.31.4", "master-to-2-31-4"), (plan.Way, plan.Green, plan.TargetVersion, plan.Name));
        Assert.Equal([.. s_hop.Skip(1).Select(id => $"{id}-2-30"), .. s_hop.Select(id => $"{id}-2-31-4")], plan.Steps.Select(step => step.Id));
        Assert.Equal(["health-2-30"], Of(plan, "readiness-2-31-4").After);
        Assert.Empty(Of(plan, "back-up-2-30").After);
        Assert.Equal(("3", "5m"), (Of(plan, "limit-2-30").Setting["limit"], Of(plan, "limit-2-30").Setting["timeout"]));
        Assert.Equal(("1", "5m"), (Of(plan, "limit-2-31-4").Setting["limit"], Of(plan, "limit-2-31-4").Setting["timeout"]));
        Assert.Equal(["install-2-30 Approval", "install-2-31-4 Approval", "reconcile-2-30 Script"], plan.Steps.Where(step => step.Gate != UpgradeGate.None).Select(step => $"{step.Id} {step.Gate}").Order());
        Assert.Equal(("2.30", "limit-2-30"), (Of(plan, "install-2-30").Setting["systemVersion"], Of(plan, "unlimit-2-30").Setting["resets"]));
        Assert.Equal("ee-2.31.4", Of(plan, "readiness-2-31-4").Setting["systemVersion"]);
        Assert.Equal("Export master and every seed, at 2.30", Of(plan, "back-up-2-31-4").Title);
        Assert.DoesNotContain(plan.Steps, step => $"{step.Title}{step.Changes}{step.Undo}{string.Concat(step.Setting.Values)}".Contains('{', StringComparison.Ordinal));
        var leftOut = Assert.Single(reporter.Of("warning"));
        Assert.Contains("every Secret and Preset, and each ExternalCluster, Cluster, ClusterTemplate, KubermaticConfiguration or Seed that holds some", leftOut, StringComparison.Ordinal);
        Assert.Contains("-Secret Encrypt", leftOut, StringComparison.Ordinal);
        // What a file keeps is what was planned.
        Assert.True(PlanJson.IsSame(plan, PlanFile.Check(plan)));
    }

    [Fact]
    public async Task A_seed_that_lags_is_brought_along_from_its_own_version()
    {
        await using var scene = await InPlaceScene.StartAsync();
        scene.LeaveAlone("us", alone: true);
        scene.Kubermatic.Install("v2.31.0");
        await InPlaceScene.UntilAsync(() => scene.SeedVersions().Contains("v2.31.0"));
        Assert.Equal("install-2-31", (await scene.PlanAsync()).Steps.Single(step => step.Kind == StepKind.External).Id);
        scene.LeaveAlone("us", alone: false);
        await InPlaceScene.UntilAsync(() => scene.SeedVersions().All(version => version == "v2.31.0"));
        Assert.Equal("VersionReached", (await Assert.ThrowsAsync<UpgradeException>(() => scene.PlanAsync())).Failure.Id);
    }

    [Theory]
    [InlineData("v2.31.0", "v2.29.0", "2.31", "VersionsApart")]
    [InlineData("v2.31.0", "v2.29.0", "2.32", "VersionsApart")]
    [InlineData("v2.31.2", "v2.30.2", "2.31.1", "DowngradeNotPlanned")]
    [InlineData("v2.31.2", "v2.31.1", "2.31.1", "DowngradeNotPlanned")]
    [InlineData("v2.32.0", "v2.31.0", "2.31", "DowngradeNotPlanned")]
    [InlineData("v2.31.2", "v2.30.2", "2.31.2", "2.31.2")]
    [InlineData("v2.31.2", "v2.30.2", "2.32", "2.31, 2.32")]
    [InlineData("v2.31.0", null, "2.32", "VersionUnreadable")]
    public void No_installer_takes_back_what_is_ahead(string master, string? seed, string target, string way)
    {
        var told = new ToldVersions([new("KubermaticConfiguration kubermatic", master, null), new("Seed us", seed, null)]);
        string Way() => string.Join(", ", VersionHop.Between("master", told, ReleaseVersion.Parse(target)!).Select(hop => hop.To.ToString()));
        if (way[0] == '2')
            Assert.Equal(way, Way());
        else
            Assert.Equal(way, Assert.Throws<UpgradeException>(Way).Failure.Id);
    }

    [Fact]
    public async Task A_seed_that_is_left_alone_too_far_behind_is_brought_along_first()
    {
        await using var scene = await InPlaceScene.StartAsync(version: "v2.29.1");
        scene.LeaveAlone("us", alone: true);
        scene.Kubermatic.Install("v2.31.0");
        await InPlaceScene.UntilAsync(() => scene.SeedVersions().Contains("v2.31.0"));
        var apart = await RefusedAsync(() => scene.PlanAsync());
        Assert.Equal("VersionsApart", apart.Id);
        Assert.Contains("2.30, which lies between them, would take KubermaticConfiguration kubermatic back", apart.Message, StringComparison.Ordinal);
        Assert.Contains("remove its annotation kubermatic.k8c.io/skip-reconciling", apart.Recommendation!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_exports_of_each_version_have_a_place_of_their_own()
    {
        await using var scene = await InPlaceScene.StartAsync(version: "v2.29.1");
        UpgradePlanOptions At(string step, string path) => new() { Setting = new Dictionary<string, IReadOnlyDictionary<string, string>> { [step] = new Dictionary<string, string> { ["Path"] = path } } };
        var all = await scene.PlanAsync(options: At("back-up", "/backup"));
        Assert.Equal(("/backup/back-up-2-30", "/backup/back-up-2-31"), (Of(all, "back-up-2-30").Setting["path"], Of(all, "back-up-2-31").Setting["path"]));
        Assert.Empty(InPlacePlanner.ExportsInWorkPath(all));
        var one = await scene.PlanAsync(options: At("back-up-2-31", "/backup"));
        Assert.Equal("/backup", Of(one, "back-up-2-31").Setting["path"]);
        // What lies below the work path is as lasting as that is.
        Assert.Equal(["back-up-2-30"], InPlacePlanner.ExportsInWorkPath(one).Select(step => step.Id));
        Assert.Equal(2, InPlacePlanner.ExportsInWorkPath(await scene.PlanAsync(options: At("back-up", "backup"))).Count);
        Assert.Equal("StepSettingInvalid", (await Assert.ThrowsAsync<UpgradeException>(() => scene.PlanAsync(options: At("back-up", "")))).Failure.Id);
    }

    [Fact]
    public async Task What_cannot_be_planned_in_place_says_why_and_what_can()
    {
        await using var scene = await InPlaceScene.StartAsync();
        var other = await RefusedAsync(() => scene.PlanAsync(system: "KubeflowAws"));
        Assert.Equal("NotUpgradedInPlace", other.Id);
        Assert.Contains("Systems that are upgraded in place: Kubermatic.", other.Message, StringComparison.Ordinal);
        Assert.Contains("-Blue and -Green", other.Recommendation!, StringComparison.Ordinal);
        var seed = await RefusedAsync(() => scene.PlanAsync(context: "eu"));
        Assert.Equal(("OtherRole", "Name the context of the master."), (seed.Id, seed.Recommendation));
        Assert.Equal("SelectionInPlace", (await RefusedAsync(() => scene.PlanAsync(options: new() { Selection = new() { Namespace = ["kubermatic"] } }))).Id);
        Assert.Equal("TargetVersionInvalid", (await RefusedAsync(() => scene.PlanAsync("soon"))).Id);
        // What the check of the installer's rules could not read either.
        Assert.Equal("TargetVersionInvalid", (await RefusedAsync(() => scene.PlanAsync("enterprise-2.31"))).Id);
        Assert.Equal("UnknownStep", (await RefusedAsync(() => scene.PlanAsync(options: new() { Omit = ["instal"] }))).Id);
        Assert.Equal("TwoGates", (await RefusedAsync(() => scene.PlanAsync(options: new() { Gate = ["install"], ScriptGate = ["install-2-31"] }))).Id);
        // Without the limit there is none to be put back.
        Assert.Equal(("PlanBroken", "unlimit"), ((await RefusedAsync(() => scene.PlanAsync(options: new() { Omit = ["limit"] }))) is var broken ? (broken.Id, broken.Target) : default));
        Assert.DoesNotContain((await scene.PlanAsync(options: new() { Omit = ["limit", "unlimit"] })).Steps, step => step.Kind == StepKind.SetReconcileLimit);
        // Without exports nothing is said of what they lack.
        var reporter = new RecordingReporter();
        await scene.PlanAsync(options: new() { Omit = ["back-up"] }, reporter: reporter);
        Assert.Empty(reporter.Of("warning"));
    }

    private static UpgradeStep Of(UpgradePlan plan, string id) => plan.Steps.Single(step => step.Id == id);

    private static async Task<Failure> RefusedAsync(Func<Task<UpgradePlan>> plan) => (await Assert.ThrowsAsync<UpgradeException>(plan)).Failure;
}
