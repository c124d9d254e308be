using System.Text;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Importing.Objects;

/// <summary>Who owns fields after an import, and what the next apply of an owner does.</summary>
public sealed class ImportOwnershipTests
{
    private static readonly FieldPath s_suspend = FieldPath.Of("spec", "suspend");
    private static readonly FieldPath s_replicas = FieldPath.Of("spec", "replicas");
    private static readonly FieldPath s_annotation = FieldPath.Of("metadata", "annotations", WorkloadHold.Annotation);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_next_apply_of_its_owner_does_not_release_what_arrived_held()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(CronJob(), new FieldOwner("argocd-controller", "Apply"));
        Assert.Null((await scene.ImportAsync()).Single(c => c.Kind == "CronJob").Failure);
        await ApplyAsync(scene, "batch", "CronJob", "nightly", "argocd-controller", CronJob());
        using var o = await scene.GetAsync("batch", "CronJob", "shop", "nightly");
        Assert.True(o!.Root.GetProperty("spec").GetProperty("suspend").GetBoolean());
        Assert.True(WorkloadHold.IsHeld(o));
        Assert.Equal(["konupgrade Update"], OwnersOf(o, s_suspend));
        Assert.Equal(["konupgrade Update"], OwnersOf(o, s_annotation));
        Assert.Equal(["argocd-controller Apply"], OwnersOf(o, FieldPath.Of("spec", "schedule")));
    }

    [Theory]
    [InlineData("argocd-controller", "Apply")]
    [InlineData("helm", "Update")]
    public async Task What_is_resumed_belongs_to_its_owner_again(string manager, string operation)
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Hold = WorkloadClass.All };
        scene.Manifests.Add(Namespace("shop")).Add(Deployment(3), new FieldOwner(manager, operation)).Add(CronJob(), new FieldOwner(manager, operation));
        await scene.ImportAsync();
        using (var held = await scene.GetAsync("apps", "Deployment", "shop", "web"))
            Assert.Equal(["konupgrade Update"], OwnersOf(held!, s_replicas));
        var resumed = await new WorkloadChanger(scene.Green, new WorkloadOptions { Means = BuiltInMeans.All, Resume = true }, NullReporter.Instance).RunAsync(Token).ToListAsync(Token);
        Assert.All(resumed, c => Assert.Equal((WorkloadChangeAction.Resumed, null), (c.Action, c.Reason)));
        using var o = await scene.GetAsync("apps", "Deployment", "shop", "web");
        Assert.Equal(3, o!.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
        Assert.Equal([$"{manager} {operation}"], OwnersOf(o, s_replicas));
        Assert.DoesNotContain("konupgrade", o.Metadata.GetRawText(), StringComparison.Ordinal);
        using var job = await scene.GetAsync("batch", "CronJob", "shop", "nightly");
        Assert.DoesNotContain("konupgrade", job!.Metadata.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_selector_that_held_is_nobody_elses_when_it_is_resumed()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Hold = WorkloadClass.All };
        scene.Manifests.Add(Namespace("shop")).Add(DaemonSet, new FieldOwner("argocd-controller", "Apply"));
        await scene.ImportAsync();
        var selector = FieldPath.Of("spec", "template", "spec", "nodeSelector");
        using (var held = await scene.GetAsync("apps", "DaemonSet", "shop", "agent"))
            Assert.Equal(["konupgrade Update"], OwnersOf(held!, selector));
        await new WorkloadChanger(scene.Green, new WorkloadOptions { Means = BuiltInMeans.All, Resume = true }, NullReporter.Instance).RunAsync(Token).ToListAsync(Token);
        using (var resumed = await scene.GetAsync("apps", "DaemonSet", "shop", "agent"))
            Assert.DoesNotContain("konupgrade", resumed!.Metadata.GetRawText(), StringComparison.Ordinal);
        await ApplyAsync(scene, "apps", "DaemonSet", "agent", "argocd-controller", DaemonSet.Replace("ssd", "nvme", StringComparison.Ordinal));
        using var o = await scene.GetAsync("apps", "DaemonSet", "shop", "agent");
        Assert.Equal(["argocd-controller Apply"], OwnersOf(o!, selector));
    }

    [Fact]
    public async Task Replicas_of_what_an_autoscaler_scales_survive_the_next_apply_of_its_owner()
    {
        await using var scene = await StartAsync();
        var argo = new FieldOwner("argocd-controller", "Apply");
        scene.Manifests.Add(Namespace("shop")).Add(Deployment(9), argo).Add(Autoscaler, argo).Add(Deployment(4, "plain"), argo);
        Assert.All(await scene.ImportAsync(), c => Assert.Equal((ClusterConfigChangeAction.Created, null), (c.Action, c.Reason)));
        foreach (var name in new[] { "web", "plain" })
            await ApplyAsync(scene, "apps", "Deployment", name, "argocd-controller", Deployment(0, name).Replace("\"replicas\":0,", "", StringComparison.Ordinal));
        using var o = await scene.GetAsync("apps", "Deployment", "shop", "web");
        Assert.Equal(9, o!.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
        // What nobody scales is its owner's to give up.
        using var plain = await scene.GetAsync("apps", "Deployment", "shop", "plain");
        Assert.Equal(1, plain!.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
    }

    [Fact]
    public async Task An_object_whose_owners_can_not_be_put_right_is_created_and_says_so()
    {
        await using var scene = await StartAsync();
        scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 403, Reason = "Forbidden", Message = "no patches here", Verb = "patch", Resource = "cronjobs", Count = null });
        scene.Manifests.Add(Namespace("shop")).Add(CronJob(), new FieldOwner("helm", "Update"));
        var change = (await scene.ImportAsync()).Single(c => c.Kind == "CronJob");
        Assert.Equal(ClusterConfigChangeAction.Created, change.Action);
        Assert.NotNull(change.Held);
        Assert.Contains("helm owns spec.suspend, metadata.annotations['konupgrade.dev/held'], and its next apply may undo them", change.Reason, StringComparison.Ordinal);
        Assert.Contains("no patches here", change.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_in_between_is_no_hindrance()
    {
        await using var scene = await StartAsync();
        var fault = scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Refuse, StatusCode = 409, Reason = "Conflict", Message = "changed", Verb = "patch", Resource = "cronjobs", Count = 2 });
        scene.Manifests.Add(Namespace("shop")).Add(CronJob(), new FieldOwner("helm", "Update"));
        Assert.Equal("Held: spec.suspend true, was not there.", (await scene.ImportAsync()).Single(c => c.Kind == "CronJob").Reason);
        Assert.Equal(2, scene.Host.Faults.Struck(fault));
        using var o = await scene.GetAsync("batch", "CronJob", "shop", "nightly");
        Assert.Equal(["konupgrade Update"], OwnersOf(o!, s_suspend));
    }

    [Fact]
    public async Task What_an_owner_applied_stays_its_own_beside_what_was_changed()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop")]);
        await ApplyAsync(scene, "apps", "Deployment", "web", "helm", Deployment(2));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply };
        scene.Manifests.Add(Labelled(Deployment(2)));
        var change = Assert.Single(await scene.ImportAsync());
        Assert.Equal((ClusterConfigChangeAction.Updated, null), (change.Action, change.Reason));
        using (var o = await scene.GetAsync("apps", "Deployment", "shop", "web"))
        {
            Assert.Equal(["helm Apply"], OwnersOf(o!, s_replicas));
            Assert.Equal(["konupgrade Apply"], OwnersOf(o!, FieldPath.Of("metadata", "labels", "tier")));
            Assert.DoesNotContain("f:spec", o!.Metadata.Objects("managedFields").Single(m => m.Text("manager") == "konupgrade").GetRawText(), StringComparison.Ordinal);
        }
        var revision = scene.Host.Cluster("green").Revision;
        Assert.Equal(ClusterConfigChangeAction.Unchanged, Assert.Single(await scene.ImportAsync()).Action);
        Assert.Equal(revision, scene.Host.Cluster("green").Revision);
        // Its owner changes what it owns, and meets nobody.
        await ApplyAsync(scene, "apps", "Deployment", "web", "helm", Deployment(5, image: "web:2"));
        using var changed = await scene.GetAsync("apps", "Deployment", "shop", "web");
        Assert.Equal(5, changed!.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
        Assert.Equal("front", changed.Metadata.Member("labels").Text("tier"));
    }

    [Fact]
    public async Task What_was_taken_by_force_is_kept_and_the_rest_is_given_up()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop")]);
        await ApplyAsync(scene, "apps", "Deployment", "web", "helm", Deployment(2));
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        scene.Manifests.Add(Deployment(2, image: "web:2"));
        Assert.Equal(ClusterConfigChangeAction.Updated, Assert.Single(await scene.ImportAsync()).Action);
        using var o = await scene.GetAsync("apps", "Deployment", "shop", "web");
        var ours = o!.Metadata.Objects("managedFields").Single(m => m.Text("manager") == "konupgrade").Member("fieldsV1").GetRawText();
        Assert.Equal("""{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{"f:image":{}}}}}}}""", ours);
    }

    [Fact]
    public async Task A_dry_run_moves_nothing()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop")]);
        await ApplyAsync(scene, "apps", "Deployment", "web", "helm", Deployment(2));
        scene.Manifests.Add(Labelled(Deployment(2))).Add(CronJob(), new FieldOwner("argocd-controller", "Apply"));
        var revision = scene.Host.Cluster("green").Revision;
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, DryRun = true };
        Assert.All(await scene.ImportAsync(), c => Assert.DoesNotContain("owns", c.Reason ?? "", StringComparison.Ordinal));
        Assert.Equal(revision, scene.Host.Cluster("green").Revision);
    }

    [Theory]
    [InlineData("""{"f:spec":{"f:targets":{"k:{\"name\":\"a\"}":{".":{},"f:mode":{},"f:name":{}}}}}""", """{"f:spec":{"f:targets":{"k:{\"name\":\"a\"}":{".":{},"f:name":{}}}}}""", """{"f:spec":{"f:targets":{"k:{\"name\":\"a\"}":{"f:mode":{}}}}}""")]
    [InlineData("""{"f:spec":{"f:size":{},"f:targets":{}}}""", """{"f:spec":{"f:size":{}}}""", """{"f:spec":{"f:targets":{}}}""")]
    public void A_field_in_a_list_goes_alone_or_with_the_list_that_is_owned_as_a_whole(string owned, string left, string moved)
    {
        var entry = $$$"""{"manager":"argo","operation":"Apply","apiVersion":"x.example/v1","fieldsType":"FieldsV1","fieldsV1":{{{owned}}}}""";
        using var o = KubernetesObject.Parse(Encoding.UTF8.GetBytes(
            $$$"""{"apiVersion":"x.example/v1","kind":"App","metadata":{"name":"a","uid":"u","resourceVersion":"1","managedFields":[{{{entry}}}]}}"""));
        Assert.True(FieldPath.TryParse("spec.targets[*].mode", out var path));
        var patch = FieldTransfer.Move(o, new FieldManager("argo", "Apply"), "konupgrade", [path], DateTimeOffset.UnixEpoch);
        using var patched = KubernetesObject.Parse(patch!);
        Assert.Equal([$"argo {left}", $"konupgrade {moved}"], patched.Metadata.Objects("managedFields").Select(m => $"{m.Text("manager")} {JsonTree.Text(System.Text.Json.Nodes.JsonNode.Parse(m.Member("fieldsV1").GetRawText()))}"));
        Assert.Equal("1", patched.ResourceVersion);
        Assert.Null(FieldTransfer.Move(o, new FieldManager("helm", "Apply"), "konupgrade", [path], DateTimeOffset.UnixEpoch));
    }

    private static List<string> OwnersOf(KubernetesObject o, FieldPath path) => [.. FieldOwnership.Of(o, path).Select(m => $"{m.Manager} {m.Operation}")];

    private static async Task ApplyAsync(ImportScene scene, string group, string kind, string name, string manager, string json)
    {
        var resource = (await scene.Green.Client.DiscoverAsync(Token)).FindPreferred(group, kind)!;
        using var applied = await scene.Green.Client.ApplyAsync(resource, "shop", name, Encoding.UTF8.GetBytes(json), new ApplyOptions { FieldManager = manager }, Token);
    }

    private static string Labelled(string json) => json.Replace("\"namespace\":\"shop\"}", "\"namespace\":\"shop\",\"labels\":{\"tier\":\"front\"}}", StringComparison.Ordinal);

    private static string CronJob() =>
        """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"nightly","namespace":"shop"},"spec":{"schedule":"0 1 * * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"job"}]}}}}}}""";

    private static string Deployment(int replicas, string name = "web", string image = "web:1") =>
        """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME","namespace":"shop"},"spec":{"replicas":REPLICAS,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"IMAGE"}]}}}}"""
            .Replace("NAME", name, StringComparison.Ordinal).Replace("REPLICAS", $"{replicas}", StringComparison.Ordinal).Replace("IMAGE", image, StringComparison.Ordinal);

    private const string DaemonSet =
        """{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"agent","namespace":"shop"},"spec":{"selector":{"matchLabels":{"app":"a"}},"template":{"metadata":{"labels":{"app":"a"}},"spec":{"nodeSelector":{"disk":"ssd"},"containers":[{"name":"c","image":"agent"}]}}}}""";

    private const string Autoscaler =
        """{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"web","namespace":"shop"},"spec":{"minReplicas":1,"maxReplicas":9,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}""";
}
