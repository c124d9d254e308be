using KonUpgrade.Engine.Tests.Configuration;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;
using static KonUpgrade.Engine.Tests.Systems.KubermaticScene;

namespace KonUpgrade.Engine.Tests.Systems;

public sealed class KubermaticImportTests
{
    [Theory]
    [InlineData("master", false)]
    [InlineData("seed", true)]
    public async Task An_export_of_another_role_is_refused_before_anything_starts(string role, bool masterTarget)
    {
        await using var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed(Installed(masterTarget));
        scene.Manifests.Add(Object("Project", "p1"));

        var e = await Assert.ThrowsAsync<UpgradeException>(() => scene.ImportAsync("Kubermatic", Export(role)));

        Assert.Equal(("OtherRole", FailureKind.Refused), (e.Failure.Id, e.Failure.Kind));
        Assert.Null(await scene.GetAsync("kubermatic.k8c.io", "Project", null, "p1"));
    }

    [Fact]
    public async Task A_cluster_that_has_no_Kubermatic_yet_takes_either()
    {
        await using var scene = await ImportScene.StartAsync();
        foreach (var installed in Installed(master: true))
            scene.Manifests.Add(installed);
        scene.Manifests.Add(Object("Project", "p1"));

        Assert.DoesNotContain(await scene.ImportAsync("Kubermatic", Export("master")), change => change.Action is ClusterConfigChangeAction.Failed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Objects_that_do_not_tell_their_role_are_not_taken_for_a_masters(bool masterTarget)
    {
        await using var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed(Installed(masterTarget));
        scene.Manifests.Add(Object("Project", "p1"));

        var change = Assert.Single(await scene.ImportAsync("Kubermatic"));

        Assert.Equal(masterTarget ? ClusterConfigChangeAction.Created : ClusterConfigChangeAction.Skipped, change.Action);
        Assert.Contains(scene.Reporter.Of("warning"), line => line.Contains($"which is a {(masterTarget ? "master" : "seed")}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Clusters_arrive_paused()
    {
        await using var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed(Installed(master: false));
        scene.Manifests.Add(Object("Cluster", "one", spec: """{"humanReadableName":"one"}""")).Add(Object("Cluster", "two", spec: """{"pause":true}"""));

        var changes = await scene.ImportAsync("Kubermatic", Export("seed"));

        Assert.All(changes, change => Assert.Equal(ClusterConfigChangeAction.Created, change.Action));
        Assert.NotNull(changes.Single(change => change.Name == "one").Held);
        using var one = await scene.GetAsync("kubermatic.k8c.io", "Cluster", null, "one");
        Assert.Contains("\"pause\":true", System.Text.Encoding.UTF8.GetString(one!.Json.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_would_arrive_without_pause_fails_and_the_others_go_on()
    {
        await using var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed(Installed(master: false));
        scene.Options = scene.Options with { Hold = WorkloadClass.None };
        scene.Manifests.Add(Object("Cluster", "one")).Add(Object("Cluster", "two", spec: """{"pause":true}"""));

        var changes = await scene.ImportAsync("Kubermatic", Export("seed"));

        Assert.Equal("ClusterNotPaused", changes.Single(change => change.Name == "one").Failure!.Id);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(change => change.Name == "two").Action);
    }

    [Fact]
    public async Task A_cluster_that_runs_on_the_target_is_not_written_over()
    {
        await using var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed([.. Installed(master: false), Object("Cluster", "one", spec: """{"version":"1.33.1"}""")]);
        scene.Options = scene.Options with { Existing = ExistingObject.Apply };
        scene.Manifests.Add(Object("Cluster", "one", spec: """{"version":"1.34.1"}"""));

        var change = Assert.Single(await scene.ImportAsync("Kubermatic", Export("seed")));

        Assert.Equal("ClusterNotPaused", change.Failure!.Id);
    }

    [Theory]
    [InlineData("""{"pause":false,"version":"1.33.1"}""")]
    [InlineData("""{"version":"1.33.1"}""")]
    public async Task A_cluster_that_runs_on_the_target_is_told_though_nothing_else_differs(string running)
    {
        await using var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed([.. Installed(master: false), Object("Cluster", "one", spec: running), Object("Cluster", "two", spec: """{"pause":true}""")]);
        scene.Manifests.Add(Object("Cluster", "one", spec: """{"version":"1.33.1"}""")).Add(Object("Cluster", "two", spec: """{"pause":true}"""));

        var changes = await scene.ImportAsync("Kubermatic", Export("seed"));

        Assert.Equal("ClusterNotPaused", changes.Single(change => change.Name == "one").Failure?.Id);
        Assert.Equal(ClusterConfigChangeAction.Unchanged, changes.Single(change => change.Name == "two").Action);
    }

    [Fact]
    public async Task What_a_master_writes_on_its_seeds_is_left_to_it()
    {
        await using var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed(Installed(master: false));
        scene.Manifests.Add(Object("User", "u1")).Add(Object("Project", "p1")).Add(Object("Addon", "a", "kubermatic"));

        var changes = await scene.ImportAsync("Kubermatic", Export("seed"));

        Assert.Equal(["Addon Created", "Project Skipped", "User Skipped"], changes.Select(change => $"{change.Kind} {change.Action}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("1", "SecondMaster")]
    [InlineData("0", null)]
    public async Task A_seed_is_refused_while_the_master_that_it_comes_from_still_works(string replicas, string? failure)
    {
        await using var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed(Installed(master: true));
        await using var old = await SandboxFixture.StartAsync(new SandboxClusterOptions("old", "1.33"));
        old.Cluster("old").Seed([.. Installed(master: true), Deployment("kubermatic-operator", replicas)]);
        scene.Options = scene.Options with { AllowOutward = ["Seed"], Source = async _ => await SandboxFixture.ConnectAsync(old, "old") };
        scene.Manifests.Add(KubermaticScene.Seed("eu", "kubeconfig-eu")).Add(Object("Project", "p1"));

        var changes = await scene.ImportAsync("Kubermatic", Export("master"));

        Assert.Equal(failure, changes.Single(change => change.Kind == "Seed").Failure?.Id);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(change => change.Kind == "Project").Action);
    }

    [Fact]
    public async Task A_seed_whose_old_master_nobody_can_see_says_so()
    {
        await using var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed(Installed(master: true));
        scene.Options = scene.Options with { AllowOutward = ["Seed"] };
        scene.Manifests.Add(KubermaticScene.Seed("eu", "kubeconfig-eu"));

        var change = Assert.Single(await scene.ImportAsync("Kubermatic", Export("master")));

        Assert.Contains("Nobody could look", change.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_waits_until_its_kind_is_allowed()
    {
        await using var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed(Installed(master: true));
        scene.Manifests.Add(KubermaticScene.Seed("eu", "kubeconfig-eu"));

        var change = Assert.Single(await scene.ImportAsync("Kubermatic", Export("master")));

        Assert.Equal((ClusterConfigChangeAction.Skipped, "Seed"), (change.Action, change.Outward));
    }

    private static string Deployment(string name, string replicas) =>
        $$$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}","namespace":"kubermatic"},"spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"a":"b"}},
         "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]} } } }
        """;

    private static ClusterConfigExport Export(string role) => new()
    {
        Path = "/export",
        System = "Kubermatic",
        Role = role,
        Complete = true,
        ObjectCount = 1,
        LeftOutCount = 0,
        ClusterUid = "another",
        Context = "old",
    };
}
