using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Importing;

/// <summary>What of an object reaches the target, and what is said about it.</summary>
public sealed class ImportContentTests
{
    [Fact]
    public async Task An_applied_object_whose_answer_was_lost_is_created_and_not_said_to_have_been_there()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop")]);
        for (var i = 0; i < 10; i++)
            scene.Manifests.Add(ConfigMap("shop", $"c{i}"), new FieldOwner("argocd-controller", "Apply"));
        // The server has stored them when the connections break.
        var torn = scene.Host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Verb = "patch", Resource = "configmaps", AfterBytes = 0, Count = 3 });
        var changes = await scene.ImportAsync();
        Assert.Equal(3, scene.Host.Faults.Struck(torn));
        Assert.All(changes, c => Assert.Equal((c.Name, ClusterConfigChangeAction.Created, "argocd-controller"), (c.Name, c.Action, c.FieldManager)));
    }

    [Fact]
    public async Task An_altered_autoscaler_still_keeps_the_replicas_of_what_it_scales()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true, AllowModified = true };
        scene.Host.Cluster("green").Seed([Deployment("web", 7), Deployment("api", 7)]);
        scene.Manifests.Add(Deployment("web", 2)).Add(Deployment("api", 2)).Add(Autoscaler("api"), content: Autoscaler("web"));
        var changes = (await scene.ImportAsync()).Where(c => c.Kind == "Deployment").ToDictionary(c => c.Name);
        Assert.Equal((ClusterConfigChangeAction.Unchanged, ClusterConfigChangeAction.Updated), (changes["web"].Action, changes["api"].Action));
    }

    [Fact]
    public async Task An_autoscaler_that_can_not_be_read_fails_nothing_but_itself()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { AllowModified = true };
        scene.Host.Cluster("green").Seed([Deployment("web", 7), Deployment("api", 7)]);
        scene.Manifests.Add(Deployment("web", 7)).Add(Deployment("api", 2)).Add(Autoscaler("web")).Add(Autoscaler("api"), content: "no JSON");
        var changes = (await scene.ImportAsync()).ToDictionary(c => $"{c.Kind} {c.Name}");
        Assert.Equal(ClusterConfigChangeAction.Unchanged, changes["Deployment web"].Action);
        Assert.Equal(ClusterConfigChangeAction.Skipped, changes["Deployment api"].Action);
        Assert.Equal("ManifestUnreadable", changes["HorizontalPodAutoscaler api"].Failure?.Id);
        Assert.Contains(scene.Reporter.Of("warning"), w => w.Contains("HorizontalPodAutoscaler shop/api", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Replicas_under_a_scaled_object_of_keda_are_left_alone()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([
            Definition("ScaledObject").Replace("shop.example", "keda.sh", StringComparison.Ordinal).Replace("\"v1\",\"served\"", "\"v1alpha1\",\"served\"", StringComparison.Ordinal)
                .Replace("{\"type\":\"object\",\"properties\"", "{\"type\":\"object\",\"x-kubernetes-preserve-unknown-fields\":true,\"properties\"", StringComparison.Ordinal),
            Deployment("web", 7), Deployment("api", 7), Deployment("plain", 7), Scaled("web")]);
        scene.Manifests.Add(Deployment("web", 2)).Add(Deployment("api", 2)).Add(Deployment("plain", 2)).Add(Scaled("api"));
        var changes = (await scene.ImportAsync()).Where(c => c.Kind == "Deployment").ToDictionary(c => c.Name);
        Assert.Equal(ClusterConfigChangeAction.Unchanged, changes["web"].Action);
        Assert.Equal(ClusterConfigChangeAction.Unchanged, changes["api"].Action);
        Assert.Equal(ClusterConfigChangeAction.Skipped, changes["plain"].Action);

        // What it scales is a Deployment unless told.
        static string Scaled(string name) =>
            """{"apiVersion":"keda.sh/v1alpha1","kind":"ScaledObject","metadata":{"name":"NAME","namespace":"shop"},"spec":{"scaleTargetRef":{"name":"NAME"}}}"""
                .Replace("NAME", name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replicas_that_an_earlier_apply_owns_are_kept_when_an_autoscaler_has_come()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Existing = ExistingObject.Apply, ForceConflict = true };
        scene.Host.Cluster("green").Seed([Namespace("shop")]);
        scene.Manifests.Add(Deployment("web", 5), new FieldOwner("konupgrade", "Apply"));
        Assert.Equal(ClusterConfigChangeAction.Created, Assert.Single(await scene.ImportAsync()).Action);
        scene.Manifests.Clear();
        scene.Manifests.Add(Deployment("web", 3).Replace("web:1", "web:2", StringComparison.Ordinal)).Add(Autoscaler("web"));
        var change = (await scene.ImportAsync()).Single(c => c.Kind == "Deployment");
        Assert.Equal(
            (ClusterConfigChangeAction.Updated, "spec.replicas is 5 on the target and 3 in the import: left as it is, since an autoscaler has it."), (change.Action, change.Reason));
        using var o = await scene.GetAsync("apps", "Deployment", "shop", "web");
        Assert.Equal(5, o!.Root.GetProperty("spec").GetProperty("replicas").GetInt32());
    }

    [Fact]
    public async Task What_can_not_be_applied_for_its_doubles_is_created_by_update_under_the_same_manager()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(
            Deployment("web", 2).Replace("\"image\":\"web:1\"", "\"image\":\"web:1\",\"env\":[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"A\",\"value\":\"2\"}]", StringComparison.Ordinal),
            new FieldOwner("argocd-controller", "Apply"));
        var change = (await scene.ImportAsync()).Single(c => c.Kind == "Deployment");
        Assert.Equal((ClusterConfigChangeAction.Created, "argocd-controller"), (change.Action, change.FieldManager));
        Assert.Contains("twice", change.Reason, StringComparison.Ordinal);
        using var o = await scene.GetAsync("apps", "Deployment", "shop", "web");
        Assert.Equal(["argocd-controller Update"], o!.Metadata.Objects("managedFields").Select(m => $"{m.Text("manager")} {m.Text("operation")}"));
    }

    [Fact]
    public async Task Owners_written_into_an_altered_file_are_those_that_count()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { AllowModified = true };
        static string Owned(string by) => ConfigMap("shop", "owned", more: $",\"ownerReferences\":[{{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"name\":\"{by}\",\"uid\":\"of-the-source\"}}]");
        scene.Manifests.Add(Namespace("shop")).Add(Owned("gone"), content: Owned("new")).Add(ConfigMap("shop", "new"));
        var changes = (await scene.ImportAsync()).ToDictionary(c => c.Name);
        Assert.Equal(ClusterConfigChangeAction.Created, changes["owned"].Action);
        using var o = await scene.GetAsync("", "ConfigMap", "shop", "owned");
        Assert.Equal(changes["new"].Uid, Assert.Single(o!.Metadata.Objects("ownerReferences")).Text("uid"));
    }

    [Fact]
    public async Task Finalizers_of_other_controllers_are_worth_a_word()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop"))
            .Add(ConfigMap("shop", "held", more: ",\"finalizers\":[\"shop.example/hold\",\"kubernetes.io/pvc-protection\"]"))
            .Add(ConfigMap("shop", "of-kubernetes", more: ",\"finalizers\":[\"service.kubernetes.io/load-balancer-cleanup\"]"));
        var changes = (await scene.ImportAsync()).ToDictionary(c => c.Name);
        Assert.Equal(ClusterConfigChangeAction.Created, changes["held"].Action);
        Assert.Contains("the finalizer shop.example/hold:", changes["held"].Reason, StringComparison.Ordinal);
        Assert.Null(changes["of-kubernetes"].Reason);
    }

    private static string Deployment(string name, int replicas) =>
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME","namespace":"shop"},"spec":{"replicas":REPLICAS,"selector":{"matchLabels":{"app":"NAME"}},
         "template":{"metadata":{"labels":{"app":"NAME"}},"spec":{"containers":[{"name":"web","image":"web:1"}]}}}}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("REPLICAS", $"{replicas}", StringComparison.Ordinal);

    private static string Autoscaler(string name) =>
        """
        {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"NAME","namespace":"shop"},
         "spec":{"minReplicas":1,"maxReplicas":9,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"NAME"}}}
        """.Replace("NAME", name, StringComparison.Ordinal);
}
