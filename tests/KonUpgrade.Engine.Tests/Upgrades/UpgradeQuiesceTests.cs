using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;
using KonUpgrade.Sandbox.Faults;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class UpgradeQuiesceTests
{
    private const string Shop = "shop";
    private const string Complete = """{"status":{"conditions":[{"type":"Complete","status":"True"}]}}""";
    private const string Runs = """{"spec":{"suspend":false}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Greens_schedulers_start_only_when_the_jobs_that_blues_have_begun_have_ended()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed([Job("nightly-1", "CronJob", "batch/v1", "nightly"), Pod("nightly-1-x", "Job", "batch/v1", "nightly-1", "Running")]);
        var upgrading = scene.InvokeAsync(await PlanAsync(scene, ("interval", "20ms")));
        await Eventually.TrueAsync(() => scene.Reports.Reporter.Of("information").Any(m => m.Contains("waiting", StringComparison.Ordinal)), "it waits", Token);
        Assert.False(upgrading.IsCompleted);
        Assert.Equal((true, true), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
        var told = scene.Reports.Reporter.Of("information").Single(m => m.Contains("waiting", StringComparison.Ordinal));
        Assert.Contains("Job shop/nightly-1 of CronJob nightly, Pod shop/nightly-1-x of CronJob nightly", told, StringComparison.Ordinal);
        Assert.Contains(scene.Reports.Reporter.Reports, r => r.Status.Contains("Job shop/nightly-1", StringComparison.Ordinal) && r.Status.Contains("(since ", StringComparison.Ordinal));

        // The Job has ended; of its Pod nothing is said as long as it is there and has not.
        await SetStatusAsync(scene, "batch", "Job", "nightly-1", Complete);
        await Eventually.TrueAsync(() => scene.Reports.Reporter.Reports.Any(r => r.Status.StartsWith("still running on blue: Pod shop/nightly-1-x of", StringComparison.Ordinal)), "it waits for the Pod alone", Token);
        Assert.False(upgrading.IsCompleted);
        await SetStatusAsync(scene, "", "Pod", "nightly-1-x", """{"status":{"phase":"Succeeded"}}""");
        var upgrade = await upgrading;
        Assert.Equal(BlueGreenUpgradeState.Completed, upgrade.State);
        Assert.EndsWith("2 Jobs and Pods that had been begun have ended", upgrade.Steps.Single(s => s.Id == "quiesce-blue").Result, StringComparison.Ordinal);
        Assert.Equal((true, false), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
    }

    [Fact]
    public async Task What_does_not_end_in_time_goes_on_by_a_persons_word_and_nothing_else_does()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed([Job("nightly-1", "CronJob", "batch/v1", "nightly")]);
        var asks = await scene.InvokeAsync(await PlanAsync(scene, ("timeout", "1ms"), ("interval", "1ms")), new UpgradeRunOptions { OnFailure = UpgradeFailureAction.Undo });
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, asks.State);
        Assert.StartsWith("1 suspended; still running on blue after 00:00:00.0010000: Job shop/nightly-1 of CronJob nightly. A resume looks again", Quiesce(asks).Result, StringComparison.Ordinal);
        Assert.Equal((true, true), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
        Assert.Equal(UpgradeStepState.AwaitingApproval, Quiesce(await scene.ResumeAsync()).State);

        // Its Pod is its own; another Job was not meant.
        scene.Host.Cluster("blue").Seed([Pod("nightly-1-x", "Job", "batch/v1", "nightly-1", "Running"), Job("nightly-2", "CronJob", "batch/v1", "nightly")]);
        var other = Quiesce(await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] }));
        Assert.Equal(UpgradeStepState.AwaitingApproval, other.State);
        Assert.Contains(": Job shop/nightly-2 of CronJob nightly. A resume", other.Result, StringComparison.Ordinal);
        var done = await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] });
        Assert.Equal(BlueGreenUpgradeState.Completed, done.State);
        Assert.EndsWith("approved beside the other cluster: Job shop/nightly-1 of CronJob nightly, Job shop/nightly-2 of CronJob nightly, Pod shop/nightly-1-x of CronJob nightly", Quiesce(done).Result, StringComparison.Ordinal);
        Assert.Equal((true, false), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
    }

    [Fact]
    public async Task The_way_back_waits_for_nothing()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed([Job("nightly-1", "CronJob", "batch/v1", "nightly")]);
        await scene.InvokeAsync(await PlanAsync(scene, ("timeout", "1ms"), ("interval", "1ms")));
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.False(await scene.IsSuspendedAsync("blue"));
    }

    [Fact]
    public async Task What_a_killed_attempt_has_held_is_waited_for_and_what_its_owner_has_at_rest_is_not()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed(
        [
            UpgradeScene.CronJob("old").Replace("\"spec\":{\"schedule\"", "\"spec\":{\"suspend\":true,\"schedule\"", StringComparison.Ordinal),
            Job("old-1", "CronJob", "batch/v1", "old"),
            Job("nightly-1", "CronJob", "batch/v1", "nightly"),
        ]);
        await scene.InvokeAsync(await PlanAsync(scene, ("timeout", "1ms"), ("interval", "1ms")));
        var again = Quiesce(await scene.ResumeAsync());
        Assert.Equal(UpgradeStepState.AwaitingApproval, again.State);
        Assert.StartsWith("2 unchanged; still running", again.Result, StringComparison.Ordinal);
        Assert.Contains("nightly-1", again.Result, StringComparison.Ordinal);
        Assert.DoesNotContain("old-1", again.Result, StringComparison.Ordinal);
        await SetStatusAsync(scene, "batch", "Job", "nightly-1", Complete);
        Assert.Equal(UpgradeStepState.Completed, Quiesce(await scene.ResumeAsync()).State);
    }

    [Fact]
    public async Task A_pod_whose_job_was_deleted_is_waited_for_by_who_has_never_seen_the_job()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var pod = Pod("nightly-1-x", "Job", "batch/v1", "nightly-1", "Running").Replace("\"metadata\":{", "\"metadata\":{\"finalizers\":[\"shop.example/grace\"],", StringComparison.Ordinal);
        scene.Host.Cluster("blue").Seed([Job("nightly-1", "CronJob", "batch/v1", "nightly"), pod]);
        await scene.InvokeAsync(await PlanAsync(scene, ("timeout", "1ms"), ("interval", "1ms")));
        await using (var blue = await scene.OpenAsync("blue"))
        {
            var jobs = (await blue.Client.DiscoverAsync(Token)).FindPreferred("batch", "Job")!;
            await blue.Client.DeleteAsync(jobs, Shop, "nightly-1", new DeleteOptions { Propagation = DeletePropagation.Background }, Token);
        }

        await Eventually.TrueAsync(() => scene.Host.Cluster("blue").Objects().Any(o => o["metadata"]!["name"]!.GetValue<string>() == "nightly-1-x" && o["metadata"]!["deletionTimestamp"] is not null), "its Pod ends", Token);
        var ending = Quiesce(await scene.ResumeAsync());
        Assert.Equal(UpgradeStepState.AwaitingApproval, ending.State);
        Assert.Contains("Pod shop/nightly-1-x of Job nightly-1, which is gone (it is ending)", ending.Result, StringComparison.Ordinal);
        await scene.PatchAsync("blue", "", "Pod", "nightly-1-x", """{"metadata":{"finalizers":null}}""");
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync()).State);
    }

    [Fact]
    public async Task What_somebody_lets_run_again_meanwhile_is_held_again()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var times = 0;
        scene.Reports.OnVerbose = message =>
        {
            if (message.Contains("looking once more", StringComparison.Ordinal) && times++ == 0)
                scene.Host.Cluster("blue").Patch("batch/v1", "CronJob", Shop, "nightly", Runs, "argocd-controller");
        };
        var upgrade = await scene.InvokeAsync(await scene.PlanAsync());
        Assert.Equal(BlueGreenUpgradeState.Completed, upgrade.State);
        Assert.Equal("1 suspended; held again: CronJob shop/nightly", Quiesce(upgrade).Result);
        Assert.Contains(scene.Reports.Reporter.Of("warning"), w => w.StartsWith("blue: held again", StringComparison.Ordinal) && w.Contains("CronJob shop/nightly", StringComparison.Ordinal));
        Assert.Equal((true, false), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
    }

    [Fact]
    public async Task Where_somebody_lets_it_run_each_time_greens_schedulers_do_not_start()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Reports.OnVerbose = message =>
        {
            if (message.Contains("looking once more", StringComparison.Ordinal))
                scene.Host.Cluster("blue").Patch("batch/v1", "CronJob", Shop, "nightly", Runs, "argocd-controller");
        };
        var failed = await scene.InvokeAsync(await PlanAsync(scene, ("timeout", "50ms"), ("interval", "1ms")));
        Assert.Equal((BlueGreenUpgradeState.Failed, "HoldNotKept"), (failed.State, failed.Failure?.Id));
        Assert.Contains("CronJob shop/nightly", failed.Failure!.Message, StringComparison.Ordinal);
        Assert.True(await scene.IsSuspendedAsync("green"));
    }

    [Fact]
    public async Task A_job_that_a_controller_begins_just_after_the_hold_is_seen_by_a_second_look()
    {
        await using var scene = await UpgradeScene.StartAsync();
        var seeded = false;
        scene.Reports.OnVerbose = message =>
        {
            if (message.Contains("looking once more", StringComparison.Ordinal) && !seeded)
                seeded = scene.Host.Cluster("blue").Seed([Job("late", "CronJob", "batch/v1", "nightly")]) == 1;
        };
        var asks = await scene.InvokeAsync(await PlanAsync(scene, ("timeout", "1ms"), ("interval", "1ms")));
        Assert.True(seeded);
        Assert.Contains("Job shop/late of CronJob nightly", Quiesce(asks).Result, StringComparison.Ordinal);
        Assert.Equal(UpgradeStepState.AwaitingApproval, Quiesce(asks).State);
    }

    [Fact]
    public async Task An_argo_workflow_without_a_pod_is_waited_for_until_its_phase_says_its_end()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await PlanAsync(scene, ("timeout", "1ms"), ("interval", "1ms")), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        scene.Host.Cluster("blue").Seed([.. Argo(), Workflow("train-1", "Running"), Workflow("train-0", "Failed")]);
        var asks = Quiesce(await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] }));
        Assert.Equal(UpgradeStepState.AwaitingApproval, asks.State);
        Assert.Contains(": Workflow shop/train-1 of CronWorkflow train. A resume", asks.Result, StringComparison.Ordinal);
        await scene.PatchAsync("blue", "argoproj.io", "Workflow", "train-1", """{"status":{"phase":"Succeeded"}}""");
        Assert.Equal(UpgradeStepState.Completed, Quiesce(await scene.ResumeAsync()).State);
    }

    [Fact]
    public async Task What_may_run_and_can_not_be_seen_is_told_and_asked_about()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await PlanAsync(scene, ("timeout", "1ms"), ("interval", "1ms")), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        scene.Host.Cluster("blue").Seed(
        [
            .. Argo(), Definition("example.com", "Runner", "runners"),
            """{"apiVersion":"example.com/v1","kind":"Runner","metadata":{"name":"r","namespace":"shop"}}""",
            Pod("r-x", "Runner", "example.com/v1", "r", "Running"),
        ]);
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, Reason = "Forbidden", Cluster = "blue", Verb = "list", Resource = "runners", Message = "runners is forbidden", Count = null });
        var asks = Quiesce(await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] }));
        Assert.Equal(UpgradeStepState.AwaitingApproval, asks.State);
        Assert.Contains("whether more runs can't be seen: Runner.example.com: ", asks.Result, StringComparison.Ordinal);
        Assert.Equal(UpgradeStepState.AwaitingApproval, Quiesce(await scene.ResumeAsync()).State);
        var quiet = Quiesce(await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] }));
        Assert.Equal(UpgradeStepState.Completed, quiet.State);
        Assert.EndsWith("approved beside the other cluster: Runner.example.com", quiet.Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_seed_runs_for_a_paused_cluster_is_not_waited_for()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await PlanAsync(scene, ("timeout", "1ms"), ("interval", "1ms")), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        scene.Host.Cluster("blue").Seed(
        [
            Definition("kubermatic.k8c.io", "Cluster", "clusters", "Cluster"),
            """{"apiVersion":"kubermatic.k8c.io/v1","kind":"Cluster","metadata":{"name":"users"},"spec":{"pause":false}}""",
            UpgradeScene.Deployment("apiserver").Replace("\"namespace\":", $"\"ownerReferences\":[{Owner("Cluster", "kubermatic.k8c.io/v1", "users")}],\"namespace\":", StringComparison.Ordinal),
            ReplicaSet("apiserver-1", "apiserver"),
            Pod("apiserver-1-x", "ReplicaSet", "apps/v1", "apiserver-1", "Running"),
        ]);
        var quiet = Quiesce(await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] }));
        Assert.Equal((UpgradeStepState.Completed, "2 suspended"), (quiet.State, quiet.Result));
    }

    [Fact]
    public async Task What_has_ended_is_suspended_or_belongs_to_others_is_not_waited_for()
    {
        await using var scene = await UpgradeScene.StartAsync();
        await scene.InvokeAsync(await PlanAsync(scene, ("timeout", "1ms")), new UpgradeRunOptions { Gates = ["quiesce-blue"] });
        scene.Host.Cluster("blue").Seed(
        [
            Job("done", "CronJob", "batch/v1", "nightly", status: """{"conditions":[{"type":"Failed","status":"True"}]}"""),
            Job("suspended", "CronJob", "batch/v1", "nightly", suspend: true),
            Pod("done-x", "Job", "batch/v1", "done", "Failed"),
            """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"operator","namespace":"shop"}}""",
            Job("operators", "ConfigMap", "v1", "operator"),
            ReplicaSet("web-1", "web"),
            Pod("web-1-x", "ReplicaSet", "apps/v1", "web-1", "Running"),
            """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"alone","namespace":"shop"},"spec":{"containers":[{"name":"c","image":"c"}]},"status":{"phase":"Running"}}""",
        ]);
        var quiet = (await scene.ResumeAsync(new UpgradeRunOptions { Approve = ["quiesce-blue"] })).Steps.Single(s => s.Id == "quiesce-blue");
        Assert.Equal((UpgradeStepState.Completed, "1 suspended"), (quiet.State, quiet.Result));
    }

    [Fact]
    public async Task A_deployment_that_is_scaled_down_is_quiet_when_its_pods_are_gone()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed([ReplicaSet("web-1", "web"), Pod("web-1-x", "ReplicaSet", "apps/v1", "web-1", "Running")]);
        var asks = await scene.InvokeAsync(await DownAsync(scene, ("timeout", "1ms"), ("wait", "true")));
        Assert.Equal(BlueGreenUpgradeState.AwaitingApproval, asks.State);
        Assert.Contains("Pod shop/web-1-x of Deployment web", asks.Steps.Single(s => s.Id == "scale-down-blue").Result, StringComparison.Ordinal);
        Assert.Equal(0, await scene.ReplicasAsync("blue"));
        await using (var blue = await scene.OpenAsync("blue"))
        {
            var pods = (await blue.Client.DiscoverAsync(Token)).FindPreferred("", "Pod")!;
            await blue.Client.DeleteAsync(pods, Shop, "web-1-x", new DeleteOptions(), Token);
        }

        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync()).State);
    }

    [Fact]
    public async Task A_pod_of_blue_that_can_not_end_does_not_hold_up_the_end_of_an_upgrade()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed([ReplicaSet("web-1", "web"), Pod("web-1-x", "ReplicaSet", "apps/v1", "web-1", "Running")]);
        var upgrade = await scene.InvokeAsync(await DownAsync(scene, ("timeout", "1ms")), new UpgradeRunOptions { OnFailure = UpgradeFailureAction.Undo });
        Assert.Equal(BlueGreenUpgradeState.Completed, upgrade.State);
        Assert.Equal(0, await scene.ReplicasAsync("blue"));
    }

    [Fact]
    public async Task A_step_that_is_not_to_wait_does_not()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed([Job("nightly-1", "CronJob", "batch/v1", "nightly")]);
        var plan = await PlanAsync(scene, ("wait", "false"));
        var preview = await scene.PreviewAsync(plan);
        Assert.Contains("1 Job is running that was begun by then, and would not be waited for: Job shop/nightly-1", preview.Single(s => s.Id == "quiesce-blue").Result, StringComparison.Ordinal);
        // It does without the right to see them.
        scene.Host.Cluster("blue").Deny(new DeniedAccess { Verb = "list", Resource = "jobs" });
        var without = (await scene.PreviewAsync(Selected(plan))).Single(s => s.Id == "quiesce-blue");
        Assert.Equal(("1 to be suspended, 0 unchanged", null), (without.Result, without.Failure?.Id));
        scene.Host.Cluster("blue").AllowAgain();
        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.InvokeAsync(plan)).State);
        Assert.Equal((true, false), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
    }

    [Fact]
    public async Task A_preview_says_which_jobs_would_be_waited_for()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed([Job("nightly-1", "CronJob", "batch/v1", "nightly"), Job("nightly-2", "CronJob", "batch/v1", "nightly")]);
        var preview = await scene.PreviewAsync(await scene.PlanAsync());
        Assert.Contains("1 to be suspended, 0 unchanged; 2 Jobs are running that were begun by then, and would be waited for, at most 00:30:00", preview.Single(s => s.Id == "quiesce-blue").Result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pods")]
    [InlineData("jobs")]
    [InlineData("replicasets")]
    public async Task That_it_may_look_at_what_runs_is_asked_before_anything_is_done(string resource)
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Deny(new DeniedAccess { Verb = "list", Resource = resource });
        var plan = await DownAsync(scene, ("wait", "true"));
        var refused = await Assert.ThrowsAsync<UpgradeException>(() => scene.InvokeAsync(plan));
        Assert.Equal("RightsMissing", refused.Failure.Id);
        Assert.Contains("blue: list ", refused.Failure.Message, StringComparison.Ordinal);
    }

    private static async Task<UpgradePlan> PlanAsync(UpgradeScene scene, params (string Name, string Value)[] setting)
    {
        var plan = await scene.PlanAsync();
        return plan with { Steps = [.. plan.Steps.Select(s => s.Id == "quiesce-blue" ? s with { Setting = With(s, setting) } : s)] };
    }

    private static async Task<UpgradePlan> DownAsync(UpgradeScene scene, params (string Name, string Value)[] setting)
    {
        var plan = await scene.PlanAsync(withScaleDown: true);
        return plan with { Steps = [.. plan.Steps.Select(s => s.Id == "scale-down-blue" ? s with { Setting = With(s, setting) } : s)] };
    }

    // What is moved is CronJobs alone: Jobs are none of it.
    private static UpgradePlan Selected(UpgradePlan plan) => plan with { Selection = plan.Selection with { Kind = ["CronJob"] } };

    private static UpgradeStep Quiesce(BlueGreenUpgrade upgrade) => upgrade.Steps.Single(s => s.Id == "quiesce-blue");

    private static string[] Argo() =>
    [
        Definition("argoproj.io", "CronWorkflow", "cronworkflows"),
        Definition("argoproj.io", "Workflow", "workflows"),
        """{"apiVersion":"argoproj.io/v1","kind":"CronWorkflow","metadata":{"name":"train","namespace":"shop"},"spec":{"schedule":"0 1 * * *"}}""",
    ];

    private static string Workflow(string name, string phase) =>
        $$$$$"""{"apiVersion":"argoproj.io/v1","kind":"Workflow","metadata":{"name":"{{{{{name}}}}}","namespace":"shop","ownerReferences":[{{{{{Owner("CronWorkflow", "argoproj.io/v1", "train")}}}}}]},"spec":{},"status":{"phase":"{{{{{phase}}}}}"}}""";

    private static string Definition(string group, string kind, string plural, string scope = "Namespaced") =>
        """{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"PLURAL.GROUP"},"spec":{"group":"GROUP","scope":"SCOPE","names":{"kind":"KIND","listKind":"KINDList","plural":"PLURAL","singular":"SINGULAR"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}"""
            .Replace("PLURAL", plural, StringComparison.Ordinal).Replace("GROUP", group, StringComparison.Ordinal).Replace("SCOPE", scope, StringComparison.Ordinal)
            .Replace("SINGULAR", plural.TrimEnd('s'), StringComparison.Ordinal).Replace("KIND", kind, StringComparison.Ordinal);

    private static Dictionary<string, string> With(UpgradeStep step, params (string Name, string Value)[] setting)
    {
        var all = new Dictionary<string, string>(step.Setting, StringComparer.Ordinal);
        foreach (var (name, value) in setting)
            all[name] = value;
        return all;
    }

    private static async Task SetStatusAsync(UpgradeScene scene, string group, string kind, string name, string patch)
    {
        await using var blue = await scene.OpenAsync("blue");
        var resource = (await blue.Client.DiscoverAsync(Token)).FindPreferred(group, kind)!;
        using var changed = await blue.Client.PatchAsync(resource, Shop, name, PatchKind.Merge, System.Text.Encoding.UTF8.GetBytes(patch), new WriteOptions(), Token, "status");
    }

    private static string Owner(string kind, string apiVersion, string name) => $$"""{"apiVersion":"{{apiVersion}}","kind":"{{kind}}","name":"{{name}}","controller":true}""";

    private static string Job(string name, string ownerKind, string ownerVersion, string owner, bool suspend = false, string status = """{"active":1}""") =>
        $$$$$"""{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"{{{{{name}}}}}","namespace":"shop","ownerReferences":[{{{{{Owner(ownerKind, ownerVersion, owner)}}}}}]},"spec":{"suspend":{{{{{(suspend ? "true" : "false")}}}}},"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"job"}]}}},"status":{{{{{status}}}}}}""";

    private static string Pod(string name, string ownerKind, string ownerVersion, string owner, string phase) =>
        $$$$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{{{name}}}}}","namespace":"shop","ownerReferences":[{{{{{Owner(ownerKind, ownerVersion, owner)}}}}}]},"spec":{"containers":[{"name":"c","image":"c"}]},"status":{"phase":"{{{{{phase}}}}}"}}""";

    private static string ReplicaSet(string name, string deployment) =>
        $$$$$"""{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"{{{{{name}}}}}","namespace":"shop","ownerReferences":[{{{{{Owner("Deployment", "apps/v1", deployment)}}}}}]},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"web:1"}]}}}}""";
}
