using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Access;

namespace KonUpgrade.Engine.Tests.Upgrades;

public sealed class UpgradeQuiesceTests
{
    private const string Shop = "shop";

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
        await SetStatusAsync(scene, "batch", "Job", "nightly-1", """{"status":{"conditions":[{"type":"Complete","status":"True"}]}}""");
        await Eventually.TrueAsync(() => scene.Reports.Reporter.Reports.Any(r => r.Status.StartsWith("still running on blue: Pod shop/nightly-1-x of", StringComparison.Ordinal)), "it waits for the Pod alone", Token);
        Assert.False(upgrading.IsCompleted);
        await SetStatusAsync(scene, "", "Pod", "nightly-1-x", """{"status":{"phase":"Succeeded"}}""");
        var upgrade = await upgrading;
        Assert.Equal(BlueGreenUpgradeState.Completed, upgrade.State);
        Assert.EndsWith("2 Jobs and Pods that had been begun have ended", upgrade.Steps.Single(s => s.Id == "quiesce-blue").Result, StringComparison.Ordinal);
        Assert.Equal((true, false), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
    }

    [Fact]
    public async Task Jobs_that_do_not_end_in_time_are_named_and_a_resume_goes_on_waiting()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed([Job("nightly-1", "CronJob", "batch/v1", "nightly")]);
        var failed = await scene.InvokeAsync(await PlanAsync(scene, ("timeout", "1ms"), ("interval", "1ms")));
        Assert.Equal((BlueGreenUpgradeState.Failed, "WorkloadsStillRunning", FailureKind.Timeout), (failed.State, failed.Failure?.Id, failed.Failure!.Kind));
        Assert.Contains("Job shop/nightly-1 of CronJob nightly", failed.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("wait: false", failed.Failure.Recommendation, StringComparison.Ordinal);
        Assert.Equal((true, true), (await scene.IsSuspendedAsync("blue"), await scene.IsSuspendedAsync("green")));
        Assert.Equal("WorkloadsStillRunning", (await scene.ResumeAsync()).Failure?.Id);

        // The way back waits for nothing.
        Assert.Equal(BlueGreenUpgradeState.Undone, (await scene.UndoAsync()).State);
        Assert.False(await scene.IsSuspendedAsync("blue"));
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
        var plan = await scene.PlanAsync(withScaleDown: true);
        plan = plan with { Steps = [.. plan.Steps.Select(s => s.Id == "scale-down-blue" ? s with { Setting = With(s, ("timeout", "1ms")) } : s)] };
        var failed = await scene.InvokeAsync(plan);
        Assert.Equal("WorkloadsStillRunning", failed.Failure?.Id);
        Assert.Contains("Pod shop/web-1-x of Deployment web", failed.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(0, await scene.ReplicasAsync("blue"));
        await using (var blue = await scene.OpenAsync("blue"))
        {
            var pods = (await blue.Client.DiscoverAsync(Token)).FindPreferred("", "Pod")!;
            await blue.Client.DeleteAsync(pods, Shop, "web-1-x", new DeleteOptions(), Token);
        }

        Assert.Equal(BlueGreenUpgradeState.Completed, (await scene.ResumeAsync()).State);
    }

    [Fact]
    public async Task A_step_that_is_not_to_wait_does_not()
    {
        await using var scene = await UpgradeScene.StartAsync();
        scene.Host.Cluster("blue").Seed([Job("nightly-1", "CronJob", "batch/v1", "nightly")]);
        var plan = await PlanAsync(scene, ("wait", "false"));
        var preview = await scene.PreviewAsync(plan);
        Assert.Contains("1 Job is running that was begun by then, and would not be waited for: Job shop/nightly-1", preview.Single(s => s.Id == "quiesce-blue").Result, StringComparison.Ordinal);
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
        var plan = await scene.PlanAsync(withScaleDown: true);
        var refused = await Assert.ThrowsAsync<UpgradeException>(() => scene.InvokeAsync(plan));
        Assert.Equal("RightsMissing", refused.Failure.Id);
        Assert.Contains("blue: list ", refused.Failure.Message, StringComparison.Ordinal);
    }

    private static async Task<UpgradePlan> PlanAsync(UpgradeScene scene, params (string Name, string Value)[] setting)
    {
        var plan = await scene.PlanAsync();
        return plan with { Steps = [.. plan.Steps.Select(s => s.Id == "quiesce-blue" ? s with { Setting = With(s, setting) } : s)] };
    }

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
