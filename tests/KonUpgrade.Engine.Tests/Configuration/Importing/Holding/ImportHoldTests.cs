using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Importing.Holding;

public sealed class ImportHoldTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CronJobs_arrive_held_and_Deployments_run()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(CronJob("nightly")).Add(Deployment("web", 2));
        var changes = await scene.ImportAsync();
        Assert.All(changes, c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
        var nightly = changes.Single(c => c.Kind == "CronJob");
        Assert.Equal("spec.suspend: (none) → true", Assert.Single(nightly.Held!).ToString());
        Assert.Equal("Held: spec.suspend true, was not there.", nightly.Reason);
        Assert.Null(changes.Single(c => c.Kind == "Deployment").Held);
        using var job = await scene.GetAsync("batch", "CronJob", "shop", "nightly");
        Assert.True(job!.Root.GetProperty("spec").GetProperty("suspend").GetBoolean());
        Assert.True(WorkloadHold.IsHeld(job));
        Assert.Equal(2, await ReplicasAsync(scene));
    }

    [Theory]
    [InlineData(WorkloadClass.None, false, 2)]
    [InlineData(WorkloadClass.Scheduled, true, 2)]
    [InlineData(WorkloadClass.All, true, 0)]
    public async Task What_is_held_is_chosen(WorkloadClass hold, bool suspended, int replicas)
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Hold = hold };
        scene.Manifests.Add(Namespace("shop")).Add(CronJob("nightly")).Add(Deployment("web", 2));
        await scene.ImportAsync();
        using var job = await scene.GetAsync("batch", "CronJob", "shop", "nightly");
        Assert.Equal(suspended, job!.Root.GetProperty("spec").GetProperty("suspend").GetBoolean());
        Assert.Equal(replicas, await ReplicasAsync(scene));
    }

    [Theory]
    [InlineData(WorkloadClass.None, true)]
    [InlineData(WorkloadClass.Scheduled, true)]
    [InlineData(WorkloadClass.Serving, false)]
    [InlineData(WorkloadClass.All, false)]
    public async Task A_Pod_that_nobody_owns_stays_behind_where_what_serves_is_held(WorkloadClass hold, bool comes)
    {
        const string Pod = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"bare","namespace":"shop"},"spec":{"containers":[{"name":"x","image":"x"}]}}""";
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Hold = hold };
        scene.Manifests.Add(Namespace("shop")).Add(Pod);
        var pod = (await scene.ImportAsync()).Single(c => c.Kind == "Pod");
        Assert.Equal(comes ? ClusterConfigChangeAction.Created : ClusterConfigChangeAction.Skipped, pod.Action);
        using var there = await scene.GetAsync("", "Pod", "shop", "bare");
        Assert.Equal(comes, there is not null);
        if (comes)
            return;
        Assert.Equal("Nobody owns it, so that it would run as soon as it is there: it can't be held. -Kind Pod -Hold None brings it.", pod.Reason);
        Assert.Contains("Pods that nobody owns can't be held and stay behind, Pod shop/bare among them", Assert.Single(scene.Reporter.Of("warning")), StringComparison.Ordinal);
        // What somebody has brought is told as what it is.
        scene.Host.Cluster("green").Seed([Pod]);
        Assert.Equal(ClusterConfigChangeAction.Unchanged, (await scene.ImportAsync()).Single(c => c.Kind == "Pod").Action);
    }

    [Theory]
    [InlineData(WorkloadClass.None)]
    [InlineData(WorkloadClass.All)]
    public async Task A_second_import_neither_holds_again_nor_releases(WorkloadClass second)
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Hold = WorkloadClass.All };
        scene.Manifests.Add(Namespace("shop")).Add(CronJob("nightly"), new FieldOwner("helm", "Update")).Add(CronJob("hourly"), new FieldOwner("konupgrade", "Apply"))
            .Add(Deployment("web", 2), new FieldOwner("argocd", "Apply"));
        await scene.ImportAsync();
        var revision = scene.Host.Cluster("green").Revision;
        scene.Options = scene.Options with { Hold = second, Existing = ExistingObject.Apply };
        Assert.All(await scene.ImportAsync(), c => Assert.Equal(ClusterConfigChangeAction.Unchanged, c.Action));
        Assert.Equal(revision, scene.Host.Cluster("green").Revision);
    }

    [Theory]
    [InlineData("konupgrade", "Apply")]
    [InlineData("helm", "Update")]
    public async Task Another_field_is_changed_and_the_hold_stays(string manager, string operation)
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Hold = WorkloadClass.All };
        scene.Manifests.Add(Namespace("shop")).Add(Deployment("web", 2), new FieldOwner(manager, operation));
        await scene.ImportAsync();
        scene.Manifests.Clear();
        scene.Manifests.Add(Deployment("web", 2, image: "web:2"));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        var change = Assert.Single(await scene.ImportAsync());
        Assert.Equal(ClusterConfigChangeAction.Updated, change.Action);
        using var o = await scene.GetAsync("apps", "Deployment", "shop", "web");
        Assert.Contains("web:2", Encoding.UTF8.GetString(o!.Json.Span), StringComparison.Ordinal);
        Assert.Equal(0, o.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
        Assert.Equal("spec.replicas: 0 → 2", Assert.Single(WorkloadHold.Release(o)!.Fields).ToString());
        Assert.All(await scene.ImportAsync(), c => Assert.Equal(ClusterConfigChangeAction.Unchanged, c.Action));
    }

    [Fact]
    public async Task What_a_person_released_is_not_held_again_nor_set_back()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Hold = WorkloadClass.All };
        scene.Manifests.Add(Namespace("shop")).Add(Deployment("web", 2));
        await scene.ImportAsync();
        var catalog = await scene.Green.Client.DiscoverAsync(Token);
        var patch = Encoding.UTF8.GetBytes("""{"metadata":{"annotations":{"konupgrade.dev/held":null}},"spec":{"replicas":5}}""");
        using (await scene.Green.Client.PatchAsync(catalog.FindPreferred("apps", "Deployment")!, "shop", "web", PatchKind.Merge, patch, new WriteOptions { FieldManager = "kubectl-edit" }, Token))
        {
        }
        scene.Options = scene.Options with { Existing = ExistingObject.Apply };
        Assert.All(await scene.ImportAsync(), c => Assert.Equal(ClusterConfigChangeAction.Unchanged, c.Action));
        Assert.Equal(5, await ReplicasAsync(scene));
        // Where Deployments are none of the hold's business, what is imported counts again.
        scene.Options = scene.Options with { Hold = WorkloadClass.Scheduled, ForceConflict = true };
        Assert.Contains(await scene.ImportAsync(), c => c is { Kind: "Deployment", Action: ClusterConfigChangeAction.Updated });
        Assert.Equal(2, await ReplicasAsync(scene));
    }

    [Theory]
    [InlineData("\"suspend\":true,", "\"suspend\":false,", ExistingObject.Skip, "spec.suspend is false on the target and true in the import")]
    [InlineData("", "\"suspend\":true,", ExistingObject.Apply, "spec.suspend is true on the target and not there in the import")]
    [InlineData("\"suspend\":true,", "\"suspend\":false,", ExistingObject.Fail, "spec.suspend")]
    [InlineData("", "\"suspend\":false,", ExistingObject.Fail, null)]
    public async Task A_field_that_differs_and_is_left_since_it_holds_is_named(string blue, string green, ExistingObject existing, string? word)
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), CronJob("nightly").Replace("\"schedule\"", $"{green}\"schedule\"", StringComparison.Ordinal)]);
        scene.Manifests.Add(CronJob("nightly").Replace("\"schedule\"", $"{blue}\"schedule\"", StringComparison.Ordinal));
        scene.Options = scene.Options with { Existing = existing };
        var revision = scene.Host.Cluster("green").Revision;
        var change = Assert.Single(await scene.ImportAsync());
        Assert.Equal(existing == ExistingObject.Fail && word is not null ? ClusterConfigChangeAction.Failed : ClusterConfigChangeAction.Unchanged, change.Action);
        if (word is null)
            Assert.Null(change.Reason);
        else
            Assert.Contains(word, change.Reason, StringComparison.Ordinal);
        Assert.Equal(revision, scene.Host.Cluster("green").Revision);
    }

    [Fact]
    public async Task Replicas_that_an_autoscaler_has_are_left_and_named()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([
            Namespace("shop"), Deployment("web", 5),
            """{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"web","namespace":"shop"},"spec":{"minReplicas":1,"maxReplicas":9,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}""",
        ]);
        scene.Manifests.Add(Deployment("web", 2));
        var change = Assert.Single(await scene.ImportAsync());
        Assert.Equal(
            (ClusterConfigChangeAction.Unchanged, "spec.replicas is 5 on the target and 2 in the import: left as it is, since an autoscaler has it."), (change.Action, change.Reason));
        scene.Options = scene.Options with { Existing = ExistingObject.Fail };
        Assert.Equal(ClusterConfigChangeAction.Failed, Assert.Single(await scene.ImportAsync()).Action);
    }

    [Fact]
    public async Task What_an_earlier_import_held_differs_only_by_what_it_will_be()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Hold = WorkloadClass.All, Existing = ExistingObject.Fail };
        scene.Manifests.Add(Namespace("shop")).Add(Deployment("web", 2));
        await scene.ImportAsync();
        Assert.All(await scene.ImportAsync(), c => Assert.Equal((ClusterConfigChangeAction.Unchanged, null), (c.Action, c.Reason)));
        scene.Manifests.Clear();
        scene.Manifests.Add(Deployment("web", 4));
        scene.Options = scene.Options with { Existing = ExistingObject.Skip };
        Assert.StartsWith("spec.replicas is 2 on the target and 4 in the import", Assert.Single(await scene.ImportAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_held()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop"));
        await scene.ImportAsync();
        scene.Manifests.Clear();
        scene.Manifests.Add(CronJob("nightly"));
        scene.Options = scene.Options with { DryRun = true };
        Assert.NotNull(Assert.Single(await scene.ImportAsync()).Held);
        Assert.Null(await scene.GetAsync("batch", "CronJob", "shop", "nightly"));
    }

    private static async Task<int> ReplicasAsync(ImportScene scene)
    {
        using var o = await scene.GetAsync("apps", "Deployment", "shop", "web");
        return o!.Root.GetProperty("spec").GetProperty("replicas").GetInt32();
    }

    private static string CronJob(string name) =>
        """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"NAME","namespace":"shop"},"spec":{"schedule":"0 1 * * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"job"}]}}}}}}"""
            .Replace("NAME", name, StringComparison.Ordinal);

    private static string Deployment(string name, int replicas, string image = "web:1") =>
        """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME","namespace":"shop"},"spec":{"replicas":REPLICAS,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"IMAGE"}]}}}}"""
            .Replace("NAME", name, StringComparison.Ordinal).Replace("REPLICAS", $"{replicas}", StringComparison.Ordinal).Replace("IMAGE", image, StringComparison.Ordinal);
}
