using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;
using static KonUpgrade.Engine.Tests.Configuration.ImportScene;

namespace KonUpgrade.Engine.Tests.Configuration.Importing.Holding;

public sealed class ImportVolumeTests
{
    private const string Data =
        """
        {"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data","namespace":"shop","annotations":{"pv.kubernetes.io/bind-completed":"yes","volume.kubernetes.io/selected-node":"n","mine":"yes"}},
         "spec":{"accessModes":["ReadWriteOnce"],"volumeMode":"Block","volumeName":"pv-old","dataSource":{"kind":"PersistentVolumeClaim","name":"template"},"resources":{"requests":{"storage":"1Gi"}}}}
        """;

    private static string Claim(string name) =>
        $$$"""{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"{{{name}}}","namespace":"shop"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"} } } }""";

    private static string Volume(string name, string claim, string source, string policy = "Delete") =>
        $$$"""
        {"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"{{{name}}}","finalizers":["external-attacher/ebs-csi-aws-com","example.com/keep"]},"spec":{"accessModes":["ReadWriteOnce"],"capacity":{"storage":"1Gi"},
         "claimRef":{"apiVersion":"v1","kind":"PersistentVolumeClaim","namespace":"shop","name":"{{{claim}}}","uid":"u","resourceVersion":"7"},"persistentVolumeReclaimPolicy":"{{{policy}}}",{{{source}}} } }
        """;

    private static string Deployment(string claim) =>
        $$$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"w"}},"template":{"metadata":{"labels":{"app":"w"}},"spec":{"containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"{{{claim}}}"}}]} } } }""";

    private static string StatefulSet(string name = "db") =>
        $$$"""{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"{{{name}}}","namespace":"shop"},"spec":{"replicas":2,"serviceName":"db","selector":{"matchLabels":{"app":"d"}},"template":{"metadata":{"labels":{"app":"d"}},"spec":{"containers":[{"name":"c","image":"i"}]}},"volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"} } } }]}}""";

    // A field as its JSON without quotes; null where it is not there.
    private static string? Field(KubernetesObject? o, params string[] path)
    {
        using var document = JsonDocument.Parse(o!.Json);
        var at = document.RootElement;
        foreach (var name in path)
        {
            if (!at.TryGetProperty(name, out var next))
                return null;
            at = next;
        }

        return at.GetRawText().Trim('"');
    }

    [Fact]
    public async Task Reprovisioned_claims_arrive_without_their_volumes()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Volume = VolumeHandling.Reprovision };
        scene.Manifests.Add(Namespace("shop")).Add(Data).Add(Volume("pv-old", "data", "\"nfs\":{\"server\":\"s\",\"path\":\"/\"}")).Add(Deployment("data"));
        var changes = await scene.ImportAsync();
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Kind == "PersistentVolumeClaim").Action);
        Assert.Equal(ClusterConfigChangeAction.Skipped, changes.Single(c => c.Kind == "PersistentVolume").Action);
        Assert.Null(changes.Single(c => c.Kind == "Deployment").Held);
        using var claim = await scene.GetAsync("", "PersistentVolumeClaim", "shop", "data");
        Assert.Equal((null, null, "Block", "yes"), (Field(claim, "spec", "volumeName"), Field(claim, "spec", "dataSource"), Field(claim, "spec", "volumeMode"), Field(claim, "metadata", "annotations", "mine")));
        Assert.Null(Field(claim, "metadata", "annotations", "pv.kubernetes.io/bind-completed"));
        Assert.Null(Field(claim, "metadata", "annotations", "volume.kubernetes.io/selected-node"));
        Assert.Contains(scene.Reporter.Of("warning"), w => w.Contains("1 claim(s) get new, empty volumes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Static_volumes_arrive_retained_and_their_claims_bound_to_them()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Volume = VolumeHandling.Static };
        scene.Manifests.Add(Namespace("shop"))
            .Add(Claim("data")).Add(Volume("pv-efs", "data", "\"csi\":{\"driver\":\"efs.csi.aws.com\",\"volumeHandle\":\"fs-1\"}"))
            .Add(Claim("disk")).Add(Volume("pv-ebs", "disk", "\"csi\":{\"driver\":\"ebs.csi.aws.com\",\"volumeHandle\":\"vol-1\"}", "Retain"))
            .Add(Claim("odd")).Add(Volume("pv-odd", "odd", "\"csi\":{\"driver\":\"odd.example\",\"volumeHandle\":\"1\"}", "Retain"))
            .Add(Claim("local")).Add(Volume("pv-local", "local", "\"hostPath\":{\"path\":\"/data\"}"))
            .Add(Claim("alone"))
            .Add(Deployment("local"));
        var changes = await scene.ImportAsync();
        string[] created = [.. changes.Where(c => c.Action == ClusterConfigChangeAction.Created && c.Kind.StartsWith("Persistent", StringComparison.Ordinal)).Select(c => c.Name).Order()];
        Assert.Equal(["data", "disk", "odd", "pv-ebs", "pv-efs", "pv-odd"], created);
        Assert.Contains("node of the source", changes.Single(c => c.Name == "local").Reason, StringComparison.Ordinal);
        Assert.Contains("not in the import", changes.Single(c => c.Name == "alone").Reason, StringComparison.Ordinal);
        Assert.Contains("was Delete and is Retain", changes.Single(c => c.Name == "pv-efs").Reason, StringComparison.Ordinal);
        Assert.NotNull(changes.Single(c => c.Kind == "Deployment").Held);
        using var volume = await scene.GetAsync("", "PersistentVolume", null, "pv-efs");
        Assert.Equal(("Retain", "data", null), (Field(volume, "spec", "persistentVolumeReclaimPolicy"), Field(volume, "spec", "claimRef", "name"), Field(volume, "spec", "claimRef", "uid")));
        Assert.DoesNotContain("external-attacher", Field(volume, "metadata", "finalizers"), StringComparison.Ordinal);
        using var claim = await scene.GetAsync("", "PersistentVolumeClaim", "shop", "data");
        Assert.Equal("pv-efs", Field(claim, "spec", "volumeName"));
        var warnings = scene.Reporter.Of("warning");
        Assert.Contains(warnings, w => w.StartsWith("1 volume(s) can be attached at one node", StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.StartsWith("1 volume(s) are of drivers", StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.StartsWith("1 volume(s) have the reclaim policy Delete", StringComparison.Ordinal));
        Assert.All((await scene.ImportAsync()).Where(c => created.Contains(c.Name)), c => Assert.Equal(ClusterConfigChangeAction.Unchanged, c.Action));
    }

    [Fact]
    public async Task A_workload_whose_claim_is_not_there_arrives_held()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(Claim("data")).Add(Deployment("data"));
        var change = (await scene.ImportAsync()).Single(c => c.Kind == "Deployment");
        Assert.NotNull(change.Held);
        Assert.Contains("PersistentVolumeClaim data is not on green", change.Reason, StringComparison.Ordinal);
        using var held = await scene.GetAsync("apps", "Deployment", "shop", "web");
        Assert.Equal("0", Field(held, "spec", "replicas"));
    }

    [Fact]
    public async Task A_workload_whose_claim_is_on_the_target_runs()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), Claim("data"), Claim("data-db-0"), Claim("data-db-1")], "velero");
        scene.Manifests.Add(Namespace("shop")).Add(Claim("data")).Add(Claim("data-db-0")).Add(Claim("data-db-1")).Add(Deployment("data")).Add(StatefulSet());
        Assert.All((await scene.ImportAsync()).Where(c => c.Kind is "Deployment" or "StatefulSet"), c => Assert.Equal((ClusterConfigChangeAction.Created, true), (c.Action, c.Held is null)));
    }

    [Fact]
    public async Task A_stateful_set_is_held_while_claims_that_it_had_on_the_source_are_missing()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), Claim("data-db-0")], "velero");
        scene.Manifests.Add(Namespace("shop")).Add(Claim("data-db-0")).Add(Claim("data-db-1")).Add(Claim("data-db-x")).Add(StatefulSet());
        var changes = await scene.ImportAsync();
        var db = changes.Single(c => c is { Kind: "StatefulSet", Name: "db" });
        Assert.NotNull(db.Held);
        Assert.Contains("PersistentVolumeClaim data-db-1 is not", db.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"replicas\":2", "data-db-0, data-db-1")]
    [InlineData("\"ordinals\":{\"start\":5},\"replicas\":1", "data-db-5")]
    [InlineData("\"podManagementPolicy\":\"Parallel\"", "data-db-0")]
    [InlineData("\"replicas\":0", null)]
    public async Task A_stateful_set_is_held_for_the_claims_of_its_templates_where_the_source_is_not_known_to_have_any(string spec, string? missing)
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(StatefulSet().Replace("\"replicas\":2", spec, StringComparison.Ordinal));
        var change = (await scene.ImportAsync()).Single(c => c.Kind == "StatefulSet");
        if (missing is null)
        {
            Assert.Equal((null, null), (change.Held, change.Reason));
            return;
        }
        Assert.Contains($" {missing} ", change.Reason, StringComparison.Ordinal);
        var waiting = Assert.Single(await ResumeAsync(scene, new RecordingReporter(), force: false));
        Assert.Equal(WorkloadChangeAction.Skipped, waiting.Action);
        Assert.Contains($" {missing} ", waiting.Reason, StringComparison.Ordinal);
        scene.Host.Cluster("green").Seed([.. missing.Split(", ").Select(Claim)], "velero");
        Assert.Equal(WorkloadChangeAction.Resumed, Assert.Single(await ResumeAsync(scene, new RecordingReporter(), force: false)).Action);
    }

    [Fact]
    public async Task A_stateful_set_runs_where_the_claims_of_its_templates_are_there_or_new_ones_are_asked_for()
    {
        await using var scene = await StartAsync();
        scene.Host.Cluster("green").Seed([Namespace("shop"), Claim("data-db-0"), Claim("data-db-1")], "velero");
        scene.Manifests.Add(Namespace("shop")).Add(StatefulSet());
        Assert.Null((await scene.ImportAsync()).Single(c => c.Kind == "StatefulSet").Held);
        await using var other = await StartAsync();
        other.Options = other.Options with { Volume = VolumeHandling.Reprovision };
        other.Manifests.Add(Namespace("shop")).Add(StatefulSet()).Add(StatefulSet("old")).Add(Claim("data-old-0"));
        var changes = await other.ImportAsync();
        Assert.All(changes.Where(c => c.Kind == "StatefulSet"), c => Assert.Equal((ClusterConfigChangeAction.Created, true), (c.Action, c.Held is null)));
    }

    [Fact]
    public async Task Claims_of_static_volumes_that_come_in_the_import_are_enough()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Volume = VolumeHandling.Static };
        scene.Manifests.Add(Namespace("shop")).Add(StatefulSet()).Add(StatefulSet("alone"));
        foreach (var i in new[] { 0, 1 })
            scene.Manifests.Add(Claim($"data-db-{i}")).Add(Volume($"pv-{i}", $"data-db-{i}", "\"nfs\":{\"server\":\"s\",\"path\":\"/\"}", "Retain"));
        var changes = await scene.ImportAsync();
        Assert.Null(changes.Single(c => c.Name == "db").Held);
        Assert.Contains("data-alone-0, data-alone-1 are not on green", changes.Single(c => c.Name == "alone").Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_generic_ephemeral_volume_is_nothing_to_wait_for()
    {
        await using var scene = await StartAsync();
        const string Ephemeral = """{"name":"v","ephemeral":{"volumeClaimTemplate":{"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"} } } } } }""";
        scene.Manifests.Add(Namespace("shop")).Add(Deployment("data").Replace("""{"name":"v","persistentVolumeClaim":{"claimName":"data"}}""", Ephemeral, StringComparison.Ordinal));
        var change = (await scene.ImportAsync()).Single(c => c.Kind == "Deployment");
        Assert.Equal((ClusterConfigChangeAction.Created, true), (change.Action, change.Held is null));
        using var there = await scene.GetAsync("apps", "Deployment", "shop", "web");
        Assert.Contains("volumeClaimTemplate", there!.Root.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_of_replicas_that_nobody_means_fills_no_memory()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(StatefulSet().Replace("\"replicas\":2", "\"replicas\":2000000000", StringComparison.Ordinal));
        Assert.Contains("and 995 more", (await scene.ImportAsync()).Single(c => c.Kind == "StatefulSet").Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_held_for_missing_claims_is_resumed_only_when_they_are_there(bool named)
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(Claim("data-db-0")).Add(Claim("data-db-1")).Add(StatefulSet());
        Assert.NotNull((await scene.ImportAsync()).Single(c => c.Kind == "StatefulSet").Held);
        scene.Host.Cluster("green").Seed([Claim("data-db-0")], "velero");
        var reporter = new RecordingReporter();
        var waiting = Assert.Single(await ResumeAsync(scene, reporter, force: false, named));
        Assert.Equal(
            (WorkloadChangeAction.Skipped, "It stays held: its PersistentVolumeClaim data-db-1 is not on green, and an empty volume would shadow the data. Bring the data, then resume it again; -Force resumes it without."),
            (waiting.Action, waiting.Reason));
        Assert.Empty(waiting.Fields);
        using var held = await scene.GetAsync("apps", "StatefulSet", "shop", "db");
        Assert.Equal(("0", true), (Field(held, "spec", "replicas"), WorkloadHold.IsHeld(held!)));
        Assert.Empty(reporter.Of("warning"));
        scene.Host.Cluster("green").Seed([Claim("data-db-1")], "velero");
        Assert.Equal(WorkloadChangeAction.Resumed, Assert.Single(await ResumeAsync(scene, reporter, force: false, named)).Action);
        using var runs = await scene.GetAsync("apps", "StatefulSet", "shop", "db");
        Assert.Equal("2", Field(runs, "spec", "replicas"));
        Assert.Empty(reporter.Of("warning"));
    }

    [Fact]
    public async Task What_is_resumed_without_its_claims_is_warned_of()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop")).Add(Claim("data")).Add(Deployment("data"));
        await scene.ImportAsync();
        var reporter = new RecordingReporter();
        Assert.Equal(WorkloadChangeAction.Resumed, Assert.Single(await ResumeAsync(scene, reporter, force: true)).Action);
        Assert.Contains("PersistentVolumeClaim data is not on green", Assert.Single(reporter.Of("warning")), StringComparison.Ordinal);
        using var runs = await scene.GetAsync("apps", "Deployment", "shop", "web");
        Assert.Equal("3", Field(runs, "spec", "replicas"));
    }

    private static async Task<List<WorkloadChange>> ResumeAsync(ImportScene scene, IReporter reporter, bool force, bool named = false)
    {
        var options = new WorkloadOptions { Means = BuiltInMeans.All, Resume = true, Force = force, Objects = named ? [new WorkloadName("apps", "StatefulSet", "shop", "db")] : null };
        return await new WorkloadChanger(scene.Green, options, reporter).RunAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Claims_that_are_not_selected_are_missed_all_the_same()
    {
        await using var scene = await StartAsync();
        scene.Options = scene.Options with { Selection = new ClusterConfigSelection { Kind = ["StatefulSet", "Namespace"] } };
        scene.Manifests.Add(Namespace("shop")).Add(Claim("data-db-0")).Add(StatefulSet());
        Assert.NotNull((await scene.ImportAsync()).Single(c => c.Kind == "StatefulSet").Held);
    }

    [Fact]
    public async Task What_can_not_be_held_is_told()
    {
        await using var scene = await StartAsync();
        scene.Manifests.Add(Namespace("shop"))
            .Add("""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default","namespace":"shop"}}""")
            .Add("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"shop"},"spec":{"containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","persistentVolumeClaim":{"claimName":"data"}}]}}""");
        Assert.Contains("PersistentVolumeClaim data is not on green", (await scene.ImportAsync()).Single(c => c.Kind == "Pod").Reason, StringComparison.Ordinal);
    }
}
