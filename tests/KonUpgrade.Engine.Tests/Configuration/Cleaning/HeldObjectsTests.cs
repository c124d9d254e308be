using KonUpgrade.Engine.Configuration.Comparing;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Configuration.Cleaning;

/// <summary>What is held, seen by exports and comparisons.</summary>
public sealed class HeldObjectsTests
{
    private static readonly SystemDefinition s_system = new SystemCatalog(new SystemServices { Roles = null }).Get("Kubernetes");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_export_of_what_is_held_is_the_export_of_what_it_was()
    {
        await using var host = await SandboxFixture.StartAsync();
        host.Cluster("blue").Seed([ImportScene.Namespace("shop"), CronJob, Deployment, DaemonSet], "somebody");
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");
        using var before = new TempFolder();
        using var held = new TempFolder();
        await ExportAsync(blue, before.Path);
        var changer = new WorkloadChanger(blue, new WorkloadOptions { Means = HoldRules.For(s_system.Description) }, NullReporter.Instance);
        Assert.Equal(3, (await changer.RunAsync(Token).ToListAsync(Token)).Count(c => c.Action == WorkloadChangeAction.Suspended));
        await ExportAsync(blue, held.Path);
        var (first, second) = (before.Files(), held.Files());
        foreach (var (path, text) in first.Where(f => f.Key.EndsWith(".yaml", StringComparison.Ordinal) && f.Key != "export.yaml"))
            Assert.Equal((path, text), (path, second[path]));
        Assert.Contains("It is held, and written as it was before: spec.replicas 2.", second["left-out.jsonl"], StringComparison.Ordinal);
        Assert.DoesNotContain("konupgrade.dev/held", string.Concat(second.Where(f => f.Key.EndsWith(".yaml", StringComparison.Ordinal)).Select(f => f.Value)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_changed_since_it_was_held_is_written_as_it_is_and_said()
    {
        await using var host = await SandboxFixture.StartAsync();
        host.Cluster("blue").Seed([ImportScene.Namespace("shop"), Deployment], "somebody");
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");
        using var folder = new TempFolder();
        await new WorkloadChanger(blue, new WorkloadOptions { Means = HoldRules.For(s_system.Description) }, NullReporter.Instance).RunAsync(Token).ToListAsync(Token);
        using (await blue.Client.PatchAsync(TestResources.Deployments, "shop", "web", Engine.Kubernetes.PatchKind.Merge, """{"spec":{"replicas":7}}"""u8.ToArray(), new Engine.Kubernetes.WriteOptions(), Token))
        {
        }
        await ExportAsync(blue, folder.Path);
        Assert.Contains("replicas: 7", folder.Files()["apps/Deployment/shop/web.yaml"], StringComparison.Ordinal);
        Assert.Contains("spec.replicas was changed since it was held, and is left as it is: 7.", folder.Files()["left-out.jsonl"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_held_is_no_difference()
    {
        await using var scene = await ImportScene.StartAsync();
        scene.Options = scene.Options with { Hold = WorkloadClass.All };
        scene.Host.Cluster("green").Seed([ImportScene.Namespace("shop")]);
        using var folder = new TempFolder();
        scene.Manifests.Add(CronJob).Add(Deployment).Add(DaemonSet);
        Assert.All(await scene.ImportAsync(), c => Assert.NotNull(c.Held));
        foreach (var (name, json) in new[] { ("c", CronJob), ("d", Deployment), ("s", DaemonSet) })
            await File.WriteAllTextAsync(Path.Combine(folder.Path, $"{name}.yaml"), json, Token);
        var reporter = new RecordingReporter();
        var options = new CompareOptions { System = s_system, Selection = new ClusterConfigSelection { Kind = ["CronJob", "Deployment", "DaemonSet"] } };
        var comparer = new ConfigComparer(new DirectorySource(await ManifestDirectory.OpenAsync(folder.Path, Token)), new ClusterSource(scene.Green, reporter), options, reporter);
        Assert.Empty(await comparer.RunAsync(Token).ToListAsync(Token));
        Assert.Contains("3 objects of green are held, and compared as they were before.", reporter.Of("information"));
        Assert.Equal(3, comparer.ObjectCount);
    }

    [Fact]
    public async Task A_damaged_state_fails_the_export_of_that_object_alone()
    {
        await using var host = await SandboxFixture.StartAsync();
        host.Cluster("blue").Seed([ImportScene.Namespace("shop"), Deployment, CronJob.Replace("\"namespace\":\"shop\"", "\"namespace\":\"shop\",\"annotations\":{\"konupgrade.dev/held\":\"?\"}", StringComparison.Ordinal)], "somebody");
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");
        using var folder = new TempFolder();
        var export = await ExportAsync(blue, folder.Path);
        Assert.False(export.Complete);
        Assert.Equal(("HoldStateDamaged", "batch/v1 CronJob shop/nightly"), (Assert.Single(export.Failures).Id, export.Failures[0].Target));
        Assert.Contains("apps/Deployment/shop/web.yaml", folder.Files().Keys);
    }

    private static async Task<ClusterConfigExport> ExportAsync(Engine.Connections.ClusterConnection cluster, string path) =>
        Assert.Single(await new ConfigExporter(cluster, new ExportOptions { Path = path, System = s_system.Description }, NullReporter.Instance).RunAsync(Token).ToListAsync(Token));

    private const string CronJob = """{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"nightly","namespace":"shop"},"spec":{"schedule":"0 1 * * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"job"}]}}}}}}""";

    private const string Deployment = """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"web"}]}}}}""";

    private const string DaemonSet = """{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"agent","namespace":"shop"},"spec":{"selector":{"matchLabels":{"app":"a"}},"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"agent"}]}}}}""";
}
