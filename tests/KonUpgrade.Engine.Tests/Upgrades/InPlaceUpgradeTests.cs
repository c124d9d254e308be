using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Upgrades;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Reports;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Upgrades;

/// <summary>A Kubermatic upgraded in place: the limit down and back, its installer played, and what is left when it is taken back.</summary>
public sealed class InPlaceUpgradeTests
{
    private const string Ten = """{"replicas":2,"maximumParallelReconciles":10}""";

    private static readonly string[] s_all = ["readiness", "back-up", "limit", "install", "reconcile", "unlimit", "health"];

    private static readonly UpgradeRunOptions s_short = new() { MaxDuration = TimeSpan.FromSeconds(2) };
    private static readonly UpgradeRunOptions s_long = new() { MaxDuration = TimeSpan.FromSeconds(20) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("""{"replicas":2}""")]
    [InlineData(Ten)]
    public async Task It_is_upgraded_with_few_user_clusters_at_once(string? seedController)
    {
        await using var scene = await InPlaceScene.StartAsync(seedController);
        var plan = scene.Played(await scene.PlanAsync(), seedController);
        var upgrade = await scene.InvokeAsync(plan);

        Assert.Equal((BlueGreenUpgradeState.Completed, null), (upgrade.State, upgrade.Failure));
        Assert.All(scene.SeedVersions(), version => Assert.Equal("v2.31.0", version));
        Assert.Equal(Number(seedController), scene.Limit());
        // The installer wrote its file over the limit, and that was found and mended.
        Assert.Contains("was overwritten", Result(upgrade, "install-2-31"), StringComparison.Ordinal);
        Assert.Contains(scene.Reports.Reporter.Of("warning"), warning => warning.Contains("It is set to 2 again", StringComparison.Ordinal));
        Assert.Contains(scene.Reports.Reporter.Of("warning"), warning => warning.Contains("write maximumParallelReconciles: 2 under spec.seedController of the installer's file first", StringComparison.Ordinal));
        Assert.StartsWith("all 6 user clusters of 2 seeds are reconciled", Result(upgrade, "reconcile-2-31"), StringComparison.Ordinal);
        Assert.Contains("from 3 of 3 clusters", Result(upgrade, "back-up-2-31"), StringComparison.Ordinal);
        foreach (var folder in new[] { "master", "seed-eu", "seed-us" })
            Assert.True(File.Exists(Path.Combine(scene.WorkPath, "back-up-2-31", folder, "export.yaml")), folder);
    }

    [Fact]
    public async Task A_seed_that_is_left_alone_is_waited_for()
    {
        await using var scene = await InPlaceScene.StartAsync();
        var plan = scene.Played(await scene.PlanAsync());
        scene.LeaveAlone("us", alone: true);
        scene.Reports.OnVerbose = text =>
        {
            if (text.Contains("Seed us: v2.30.2 (left alone)", StringComparison.Ordinal) && text.Contains("Seed eu: v2.31.0", StringComparison.Ordinal))
                scene.LeaveAlone("us", alone: false);
        };
        // A seed that is left alone is surprising, and somebody lets it through.
        var upgrade = await scene.InvokeAsync(plan with { Steps = [.. plan.Steps.Where(step => step.Kind != StepKind.TestReadiness).Select(step => step with { After = [.. step.After.Where(id => id != "readiness-2-31")] })] });
        Assert.Equal(BlueGreenUpgradeState.Completed, upgrade.State);
        Assert.All(scene.SeedVersions(), version => Assert.Equal("v2.31.0", version));
    }

    [Fact]
    public async Task Two_minor_versions_are_two_ways_one_after_the_other()
    {
        await using var scene = await InPlaceScene.StartAsync(version: "v2.29.1");
        // Which versions of Kubernetes 2.30 offers is not known here.
        var plan = scene.Played(await scene.PlanAsync("2.31", new() { Omit = ["readiness-2-30"] }));
        var upgrade = await scene.InvokeAsync(plan);
        Assert.Equal((BlueGreenUpgradeState.Completed, null), (upgrade.State, upgrade.Failure));
        Assert.All(scene.SeedVersions(), version => Assert.Equal("v2.31.0", version));
        Assert.True(Step(upgrade, "health-2-30").EndedAt <= Step(upgrade, "readiness-2-31").StartedAt);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(Ten, Ten)]
    [InlineData(Ten, """{"maximumParallelReconciles":7}""")]
    [InlineData("""{"replicas":2}""", """{"maximumParallelReconciles":7}""")]
    public async Task It_is_taken_back_as_far_as_that_goes(string? before, string? file)
    {
        await using var scene = await InPlaceScene.StartAsync(before);
        var upgrade = await scene.InvokeAsync(scene.Played(await scene.PlanAsync(), file));
        Assert.Equal((BlueGreenUpgradeState.Completed, Number(file)), (upgrade.State, scene.Limit()));

        var left = (await UpgradeRun.LookAheadAsync(UpgradeJournal.InFile(scene.JournalFile), new(), undoes: true, Token)).Left;
        Assert.Contains(left, text => text.Contains("A way back from 2.31 to 2.30.2 is not described upstream", StringComparison.Ordinal));
        Assert.Contains(left, text => text.Contains(Path.Combine(scene.WorkPath, "back-up-2-31"), StringComparison.Ordinal));
        var undone = await scene.UndoAsync();
        Assert.Equal((BlueGreenUpgradeState.Undone, null), (undone.State, undone.Failure));
        Assert.Equal(Number(before), scene.Limit());
        Assert.All(scene.SeedVersions(), version => Assert.Equal("v2.31.0", version));
        Assert.StartsWith("Not taken back:", Result(undone, "install-2-31"), StringComparison.Ordinal);
        var html = Encoding.UTF8.GetString(await ReportFile.MakeAsync(UpgradeJournal.InFile(scene.JournalFile), UpgradeReportFormat.Html, _ => scene.WorkPath, Token));
        Assert.Contains("What can be taken back has been", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("""{"replicas":2}""")]
    [InlineData(Ten)]
    public async Task From_its_middle_the_limit_is_put_back_exactly(string? before)
    {
        await using var scene = await InPlaceScene.StartAsync(before);
        var stopped = await scene.InvokeAsync(await scene.PlanAsync(options: new() { Gate = ["install"] }));
        Assert.Equal((BlueGreenUpgradeState.AwaitingApproval, 2L), (stopped.State, scene.Limit()));
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.Equal(Number(before), scene.Limit());
        Assert.Equal(before is null ? "{}" : before, scene.SeedController() ?? "{}");
    }

    [Fact]
    public async Task What_somebody_set_after_the_upgrade_stays()
    {
        await using var scene = await InPlaceScene.StartAsync(Ten);
        await scene.InvokeAsync(scene.Played(await scene.PlanAsync(), Ten));
        scene.Overwrite("""{"maximumParallelReconciles":20}""");
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.Equal(20, scene.Limit());
        Assert.Contains(scene.Reports.Reporter.Of("warning"), warning => warning.Contains("somebody has set since", StringComparison.Ordinal));
    }

    // 0 is the default of 10; what is below lets a seed reconcile nothing, as somebody wants it.
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(-1, -1, 2)]
    [InlineData(0, 2, 2)]
    public async Task A_limit_that_is_lower_already_is_left(int before, long held, long again)
    {
        var file = $$"""{"maximumParallelReconciles":{{before}}}""";
        await using var scene = await InPlaceScene.StartAsync(file);
        var plan = await scene.PlanAsync(options: new() { Gate = ["install"] });
        var stopped = await scene.InvokeAsync(plan);
        Assert.Equal((BlueGreenUpgradeState.AwaitingApproval, held), (stopped.State, scene.Limit()));
        if (before != 0)
            Assert.Contains("it is left", Result(stopped, "limit-2-31"), StringComparison.Ordinal);
        // What is more again is brought down, at most to what was there.
        scene.Overwrite(Ten);
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await scene.InvokeAsync(plan)).State);
        Assert.Equal(again, scene.Limit());
    }

    [Fact]
    public async Task With_a_limit_of_one_the_seeds_reconcile_one_at_a_time()
    {
        const string One = """{"maximumParallelReconciles":1}""";
        await using var scene = await InPlaceScene.StartAsync(One);
        var upgrade = await scene.InvokeAsync(scene.Played(await scene.PlanAsync(), One));
        Assert.Equal((BlueGreenUpgradeState.Completed, 1L), (upgrade.State, scene.Limit()));
        Assert.DoesNotContain("was overwritten", Result(upgrade, "install-2-31"), StringComparison.Ordinal);
        Assert.Equal((1, 1), (scene.Kubermatic.MostAtOnce("eu"), scene.Kubermatic.MostAtOnce("us")));
    }

    [Fact]
    public async Task What_was_overwritten_between_two_runs_is_found_by_the_next()
    {
        await using var scene = await InPlaceScene.StartAsync();
        var plan = await scene.PlanAsync(options: new() { Gate = ["install"] });
        await scene.InvokeAsync(plan);
        scene.Overwrite("""{"maximumParallelReconciles":10}""");
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await scene.InvokeAsync(plan)).State);
        Assert.Equal(2, scene.Limit());
        Assert.Contains("\"overwritten\":\"10\"", await File.ReadAllTextAsync(scene.JournalFile, Token), StringComparison.Ordinal);
    }

    // An operator that is slow to bring a limit to a seed leaves it at the installer's.
    [Fact]
    public async Task A_limit_that_is_set_again_is_there_when_the_controllers_run_with_it()
    {
        await using var scene = await InPlaceScene.StartAsync();
        var plan = await scene.PlanAsync(options: new() { Gate = ["install"] });
        await scene.InvokeAsync(plan);
        // Somebody's file is live, also on the seeds.
        scene.Overwrite(Ten);
        await InPlaceScene.UntilAsync(() => scene.ControllerLimits().All(limit => limit == 10));
        await scene.InvokeAsync(plan);
        Assert.Equal([2, 2], scene.ControllerLimits());
        Assert.Contains("\"rolledOut\":true", await File.ReadAllTextAsync(scene.JournalFile, Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_that_is_overwritten_while_its_way_back_waits_for_approval_is_set_again()
    {
        await using var scene = await InPlaceScene.StartAsync(Ten);
        var plan = await scene.PlanAsync(options: new() { Omit = ["readiness", "back-up", "install", "reconcile", "health"] });
        scene.LoseSeed();
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await scene.InvokeAsync(plan)).State);
        scene.Overwrite(Ten);
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await scene.InvokeAsync(plan)).State);
        Assert.Equal(2, scene.Limit());
    }

    [Fact]
    public async Task An_undo_that_was_killed_after_it_wrote_is_not_taken_for_somebody_else()
    {
        await using var scene = await InPlaceScene.StartAsync(Ten);
        const string Seven = """{"maximumParallelReconciles":7}""";
        await scene.InvokeAsync(scene.Played(await scene.PlanAsync(), Seven));
        Assert.Equal(7, scene.Limit());
        // What a killed undo had written.
        scene.Overwrite(Ten);
        var undone = await scene.UndoAsync();
        Assert.Equal((BlueGreenUpgradeState.Undone, "The limit is 10, as before"), (undone.State, Result(undone, "limit-2-31")));
        Assert.DoesNotContain(scene.Reports.Reporter.Of("warning"), warning => warning.Contains("somebody has set since", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_somebody_took_away_of_a_limit_that_was_set_before_is_put_back_as_nothing()
    {
        await using var scene = await InPlaceScene.StartAsync(Ten);
        await scene.SetLimitAsync(3);
        scene.Overwrite("""{"maximumParallelReconciles":null}""");
        await scene.InvokeAsync(await scene.PlanAsync(options: new() { Gate = ["install"] }));
        Assert.Equal(2, scene.Limit());
        var undone = await scene.UndoAsync();
        Assert.Equal(("The limit is 10 (nothing is configured), as before", null), (Result(undone, "limit-2-31"), scene.Limit()));
    }

    [Fact]
    public async Task What_was_set_before_the_upgrade_comes_back_and_keeps_what_was_before_it()
    {
        await using var scene = await InPlaceScene.StartAsync(Ten);
        await scene.SetLimitAsync(3);
        await scene.InvokeAsync(await scene.PlanAsync(options: new() { Gate = ["install"] }));
        Assert.Equal(2, scene.Limit());
        Assert.Equal("The limit is 3, as before", Result(await scene.UndoAsync(), "limit-2-31"));
        Assert.Equal(3, scene.Limit());
        await scene.SetLimitAsync(null);
        Assert.Equal(10, scene.Limit());
    }

    // The KubermaticConfiguration holds the keys of the login.
    [Fact]
    public async Task What_a_server_says_of_the_configuration_does_not_come_into_the_journal()
    {
        await using var scene = await InPlaceScene.StartAsync(Ten);
        await scene.InvokeAsync(scene.Played(await scene.PlanAsync(), """{"maximumParallelReconciles":7}"""));
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Verb = "patch", Resource = "kubermaticconfigurations", Count = null, Message = "spec.auth.issuerClientSecret: Invalid value: planted" });
        var undone = await scene.UndoAsync();
        Assert.Equal(BlueGreenUpgradeState.UndoFailed, undone.State);
        Assert.Contains("HTTP 403", undone.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", await File.ReadAllTextAsync(scene.JournalFile, Token), StringComparison.Ordinal);
        Assert.DoesNotContain(scene.Reports.Reporter.Of("warning"), warning => warning.Contains("planted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_limit_that_somebody_applies_by_now_is_taken_from_them_by_an_undo_only_by_force()
    {
        await using var scene = await InPlaceScene.StartAsync(Ten);
        await scene.InvokeAsync(scene.Played(await scene.PlanAsync(), """{"maximumParallelReconciles":7}"""));
        scene.Host.Cluster("master").Apply("""{"apiVersion":"kubermatic.k8c.io/v1","kind":"KubermaticConfiguration","metadata":{"name":"kubermatic","namespace":"kubermatic"},"spec":{"seedController":{"maximumParallelReconciles":7}}}""", "argocd");
        var undone = await scene.UndoAsync();
        Assert.Equal((BlueGreenUpgradeState.UndoFailed, "FieldManagerConflict", 7L), (undone.State, undone.Failure?.Id, scene.Limit()));
        Assert.Contains("applied by argocd", undone.Failure!.Message, StringComparison.Ordinal);
        // It is changed where they have it from.
        scene.Overwrite(Ten);
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
    }

    [Fact]
    public async Task An_undo_with_load_does_not_speak_of_a_switch_that_nobody_gave()
    {
        await using var scene = await InPlaceScene.StartAsync(Ten);
        await scene.InvokeAsync(await scene.PlanAsync(options: new() { Gate = ["install"] }));
        scene.LoseSeed();
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.Contains(scene.Reports.Reporter.Of("warning"), warning => warning.EndsWith("It is put back all the same.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rights_that_were_not_looked_at_yet_are_before_a_limit_is_set_again()
    {
        await using var scene = await InPlaceScene.StartAsync();
        var plan = await scene.PlanAsync();
        var looked = new List<long?>();
        await scene.KeepAsync(plan, "limit-2-31", _ =>
        {
            looked.Add(scene.Limit());
            return Task.CompletedTask;
        });
        Assert.Equal((null, 2L), (Assert.Single(looked), scene.Limit()));
    }

    [Fact]
    public async Task User_clusters_that_nobody_reconciles_are_told_and_not_waited_for()
    {
        await using var scene = await InPlaceScene.StartAsync();
        scene.Host.Cluster("eu").Seed([Systems.KubermaticScene.UserCluster("stuck", "v2.30.2", upToDate: false, spec: ""","pause":true""")]);
        var plan = scene.Played(await scene.PlanAsync(options: new() { Omit = ["readiness", "health"] }));
        var upgrade = await scene.InvokeAsync(plan);
        Assert.Equal(BlueGreenUpgradeState.Completed, upgrade.State);
        Assert.Contains("but for 1 that nobody reconciles", Result(upgrade, "reconcile-2-31"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_cut_off_at_every_line_ends_as_one_that_is_not()
    {
        await using var scene = await InPlaceScene.StartAsync(Ten);
        var plan = scene.Played(await scene.PlanAsync(), Ten);
        // After its own line a run writes that a step begins, and one thing more: it is cut off before, between and after them.
        // What the played installer wrote over comes before, which is two lines; it runs again where its step is not begun.
        scene.LinesPerRun = [4, 1, 2, 3];
        var upgrade = await UntilEndAsync(() => scene.InvokeAsync(plan), BlueGreenUpgradeState.Completed);
        Assert.Equal((10L, 1), (scene.Limit(), Step(upgrade, "limit-2-31").Attempt));
        Assert.All(scene.SeedVersions(), version => Assert.Equal("v2.31.0", version));
        var notes = (await File.ReadAllLinesAsync(scene.JournalFile, Token)).Select(line => JsonNode.Parse(line)!).Where(line => line.ToJsonString().Contains("\"wasKept\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(10, (int?)Find(Assert.Single(notes), "before"));

        var undone = await UntilEndAsync(scene.UndoAsync, BlueGreenUpgradeState.Undone);
        Assert.Equal((10L, null), (scene.Limit(), undone.Failure));
    }

    [Fact]
    public async Task What_lasts_longer_than_a_run_counts_its_time_from_the_first_and_anew_after_a_failure()
    {
        await using var scene = await InPlaceScene.StartAsync();
        var plan = Lasting(await scene.PlanAsync(options: new() { Omit = [.. s_all.Except(["install"])] }));
        Assert.Equal(BlueGreenUpgradeState.Stopped, (await scene.InvokeAsync(plan, s_short)).State);
        scene.Ahead = TimeSpan.FromHours(13);
        var failed = await scene.InvokeAsync(plan, s_long);
        Assert.Equal((BlueGreenUpgradeState.Failed, "WaitTimeout"), (failed.State, failed.Failure?.Id));
        Assert.Equal(BlueGreenUpgradeState.Stopped, (await scene.InvokeAsync(plan, s_short)).State);
        Assert.Contains(scene.Reports.Reporter.Reports, report => report.Activity == "Waiting: Run the installer of Kubermatic 2.31");
    }

    [Fact]
    public async Task A_wait_whose_approval_does_not_fit_any_more_asks_at_once()
    {
        await using var scene = await InPlaceScene.StartAsync();
        var plan = Lasting(await scene.PlanAsync(options: new() { Omit = [.. s_all.Except(["reconcile"])] }));
        scene.Host.Cluster("eu").Deny(new Sandbox.Access.DeniedAccess { Verb = "list", Resource = "clusters" });
        Assert.Equal(BlueGreenUpgradeState.Stopped, (await scene.InvokeAsync(plan, s_short)).State);
        scene.Ahead = TimeSpan.FromHours(13);
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, (await scene.InvokeAsync(plan, s_long)).State);
        scene.Host.Cluster("us").Deny(new Sandbox.Access.DeniedAccess { Verb = "list", Resource = "clusters" });
        var asks = await scene.InvokeAsync(plan, s_long with { Approve = ["reconcile-2-31"] });
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, asks.State);
        Assert.Contains("us could not be read", Result(asks, "reconcile-2-31"), StringComparison.Ordinal);
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.InvokeAsync(plan, s_long with { Approve = ["reconcile-2-31"] })).State);
    }

    [Fact]
    public async Task An_undo_says_whether_the_exports_are_there()
    {
        await using var scene = await InPlaceScene.StartAsync();
        await scene.InvokeAsync(await scene.PlanAsync(options: new() { Gate = ["limit"] }));
        var exports = Path.Combine(scene.WorkPath, "back-up-2-31");
        Assert.Contains($"the exports stay in {exports}.", Assert.Single(await LeftAsync()), StringComparison.Ordinal);
        Directory.Delete(exports, recursive: true);
        Assert.Contains($"the exports are not in {exports} here", Assert.Single(await LeftAsync()), StringComparison.Ordinal);

        async Task<IReadOnlyList<string>> LeftAsync() => (await UpgradeRun.LookAheadAsync(UpgradeJournal.InFile(scene.JournalFile), new(), undoes: true, Token)).Left;
    }

    [Fact]
    public async Task A_preview_changes_nothing_and_tells_of_each_step()
    {
        await using var scene = await InPlaceScene.StartAsync();
        var plan = await scene.PlanAsync();
        var steps = await scene.PreviewAsync(plan);
        Assert.All(steps, step => Assert.Null(step.Failure));
        Assert.Equal("The limit of kubermatic/kubermatic: 10 (nothing is configured) → 2", steps.Single(step => step.Id == "limit-2-31").Result);
        Assert.Equal("The limit of before is put back: 10 (nothing is configured)", steps.Single(step => step.Id == "unlimit-2-31").Result);
        Assert.Contains("write maximumParallelReconciles: 2 under spec.seedController", steps.Single(step => step.Id == "install-2-31").Result, StringComparison.Ordinal);
        Assert.Contains("--kubeconfig <of master>", steps.Single(step => step.Id == "install-2-31").Result, StringComparison.Ordinal);
        Assert.Contains("deploy kubermatic-seed", steps.Single(step => step.Id == "install-2-31").Result, StringComparison.Ordinal);
        Assert.Contains("Now: KubermaticConfiguration kubermatic: v2.30.2, Seed eu: v2.30.2, Seed us: v2.30.2.", steps.Single(step => step.Id == "install-2-31").Result, StringComparison.Ordinal);
        Assert.Null(scene.Limit());
        Assert.False(Directory.Exists(scene.WorkPath));
    }

    [Fact]
    public async Task Whoever_may_not_change_the_limit_is_told_before_anything_begins()
    {
        await using var scene = await InPlaceScene.StartAsync();
        var plan = await scene.PlanAsync();
        scene.Host.Cluster("master").Deny(new Sandbox.Access.DeniedAccess { Verb = "patch", Resource = "kubermaticconfigurations" });
        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => scene.InvokeAsync(plan))).Failure;
        Assert.Equal("RightsMissing", failure.Id);
        Assert.Contains("patch KubermaticConfiguration.kubermatic.k8c.io in kubermatic", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_in_place_is_checked_as_it_is_read()
    {
        Assert.Equal(7, InPlacePlanner.StepsOf(new SystemCatalog().Get("Kubermatic").Description).Count);
        Assert.Empty(InPlacePlanner.StepsOf(new SystemCatalog().Get("Konstellation").Description));
        Assert.Contains("is about green", Wrong("versions: [{kind: A.b, field: c}]\n  steps: [{id: a, kind: WaitForCluster, target: Green}]"), StringComparison.Ordinal);
        Assert.Contains("does not say which objects tell", Wrong("steps: [{id: a, kind: WaitForCluster}]"), StringComparison.Ordinal);
        Assert.Contains("'App' is no kind with its group", Wrong("versions: [{kind: App, field: c}]\n  steps: [{id: a, kind: WaitForCluster}]"), StringComparison.Ordinal);
        Assert.Contains("has no steps", Wrong("versions: [{kind: A.b, field: c}]"), StringComparison.Ordinal);

        static string Wrong(string inPlace) => Assert.Throws<UpgradeException>(() => InPlacePlanner.StepsOf(SystemDescription.Load(
            Encoding.UTF8.GetBytes($"apiVersion: konupgrade.dev/v1\nkind: UpgradeSystem\nmetadata: {{name: Own}}\ntitle: Own\ninPlace:\n  {inPlace}\n"), "own.yaml"))).Failure.Message;
    }

    private static async Task<BlueGreenUpgrade> UntilEndAsync(Func<Task<BlueGreenUpgrade>> run, BlueGreenUpgradeState end)
    {
        for (var runs = 0; runs < 240; runs++)
        {
            try
            {
                if (await run() is { } upgrade && upgrade.State == end)
                    return upgrade;
            }
            catch (Exception e) when (e is IOException or UpgradeException or OperationCanceledException)
            {
                // Killed: the same command carries on.
            }
        }

        throw new InvalidOperationException("It does not come to its end.");
    }

    // Nobody waits so long here; and what waits looks often.
    private static UpgradePlan Lasting(UpgradePlan plan) => plan with { Steps = [.. plan.Steps.Select(step => step with { Setting = new Dictionary<string, string>(step.Setting) { ["timeout"] = "12h" } })] };

    private static JsonNode? Find(JsonNode? node, string name) => node switch
    {
        JsonObject o when o.ContainsKey(name) => o[name],
        JsonObject o => o.Select(member => Find(member.Value, name)).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private static long? Number(string? seedController) => seedController is null ? null : (long?)JsonNode.Parse(seedController)!["maximumParallelReconciles"];

    private static UpgradeStep Step(BlueGreenUpgrade upgrade, string id) => upgrade.Steps.Single(step => step.Id == id);

    private static string Result(BlueGreenUpgrade upgrade, string id) => Step(upgrade, id).Result ?? "";
}
