using System.Text.Json.Nodes;
using KonUpgrade.Engine.Configuration.Comparing;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Configuration.Importing;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Rehearsal.Content;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Systems;

/// <summary>A Kubeflow moves: from a blue that has users to a green that has Kubeflow alone, both with its controllers at work.</summary>
public sealed class KubeflowMoveTests : IDisposable
{
    private static readonly SystemDefinition s_system = new SystemCatalog(new SystemServices { Roles = null }).Get("KubeflowAws");
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_people_have_is_exported_imported_and_the_same_on_both(bool realDefinitions)
    {
        var real = realDefinitions ? RealDefinitions() : [];
        Assert.SkipWhen(realDefinitions && real.Count == 0, "KONUPGRADE_SHARED names no directory with the definitions of Kubeflow.");
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.32"), new SandboxClusterOptions("green", "1.34"));
        Furnish(host.Cluster("blue"), real, KubeflowCluster.Users());
        Furnish(host.Cluster("green"), real, []);
        // What the controllers of blue make of the users' things: two accounts and the default one in each of two namespaces, and one of anna's own.
        await Eventually.TrueAsync(() => host.Cluster("blue").Count("networking.istio.io", "virtualservices") == 3, "the notebooks have their ways in", Token);
        await Eventually.TrueAsync(() => host.Cluster("blue").Count("networking.istio.io", "destinationrules") == 2, "the pipelines have their share", Token);
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");
        await using var green = await SandboxFixture.ConnectAsync(host, "green");

        var export = await ExportAsync(blue);

        Assert.True(export.Complete, string.Join('\n', export.Failures));
        AssertFiles(
            "kubeflow.org/Profile/_cluster/anna", "kubeflow.org/Notebook/anna/lab", "kubeflow.org/Notebook/vision/lab", "kubeflow.org/PodDefault/anna/access-ml-pipeline", "kubeflow.org/ScheduledWorkflow/anna/nightly-x7k2p",
            "kubeflow.org/TFJob/anna/long", "kubeflow.org/Experiment/anna/tuning", "serving.kserve.io/InferenceService/anna/iris", "tensorboard.kubeflow.org/Tensorboard/anna/training", "argoproj.io/WorkflowTemplate/anna/train",
            "rbac.authorization.k8s.io/RoleBinding/anna/user-bob-example-com-clusterrole-edit", "security.istio.io/AuthorizationPolicy/anna/user-bob-example-com-clusterrole-edit",
            "core/ServiceAccount/anna/s3-reader", "core/ConfigMap/anna/settings", "core/PersistentVolumeClaim/anna/lab-volume", "core/PersistentVolume/_cluster/pvc-anna-datasets",
            "core/Namespace/_cluster/shared-data", "core/ConfigMap/shared-data/catalogue");
        AssertNoFiles(
            "core/Namespace/_cluster/anna", "core/Namespace/_cluster/kubeflow", "core/ConfigMap/kubeflow/pipeline-install-config", "apps/Deployment", "apps/StatefulSet", "core/Service", "core/ResourceQuota",
            "core/ServiceAccount/anna/default-editor", "rbac.authorization.k8s.io/RoleBinding/anna/namespaceAdmin", "security.istio.io/AuthorizationPolicy/anna/ns-owner-access-istio", "networking.istio.io",
            "core/ConfigMap/anna/metadata-grpc-configmap", "kubeflow.org/PyTorchJob", "kubeflow.org/Trial", "argoproj.io/Workflow", "serving.kserve.io/ClusterServingRuntime", "rbac.authorization.k8s.io/ClusterRole", "core/Secret");

        var changes = await ImportAsync(green);

        Assert.DoesNotContain(changes, change => change.Action == ClusterConfigChangeAction.Failed);
        Assert.Equal(
            ["PersistentVolume pvc-anna-datasets", "PersistentVolume pvc-anna-lab-volume", "PersistentVolume pvc-vision-lab-volume", "PersistentVolumeClaim datasets", "PersistentVolumeClaim lab-volume", "PersistentVolumeClaim lab-volume", "Secret api-key", "TFJob long"],
            changes.Where(change => change.Action == ClusterConfigChangeAction.Skipped && change.Name != "mlpipeline-minio-artifact").Select(change => $"{change.Kind} {change.Name}").Order(StringComparer.Ordinal));
        // A notebook without its disk does not run: it would begin with an empty one.
        Assert.All(changes.Where(change => change.Kind == "Notebook"), change => Assert.NotNull(change.HeldReason));
        // What green's own controller made of the Profile.
        await Eventually.TrueAsync(() => host.Cluster("green").Objects().Any(o => (string?)o["kind"] == "ServiceAccount" && (string?)o["metadata"]!["name"] == "default-editor"
            && (string?)o["metadata"]!["annotations"]?["eks.amazonaws.com/role-arn"] == $"arn:aws:iam::{KubeflowCluster.Account}:role/kf-anna"), "the account has its role", Token);

        // Held notebooks are compared as they were; trainings that ran are not compared; claims are missed, as long as nobody has brought them.
        Assert.Equal(["Missing PersistentVolumeClaim datasets", "Missing PersistentVolumeClaim lab-volume", "Missing PersistentVolumeClaim lab-volume"], await CompareAsync(blue, green));

        // As if Velero had been there: the same names, with marks and volumes of their own.
        foreach (var (ns, name) in new[] { ("anna", "lab-volume"), ("vision", "lab-volume"), ("anna", "datasets") })
            host.Cluster("green").Seed([$$$"""{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}","labels":{"velero.io/restore-name":"r"}},"spec":{"accessModes":["ReadWriteOnce"],"volumeName":"other","resources":{"requests":{"storage":"10Gi"} } } }"""]);
        Assert.Empty(await CompareAsync(blue, green));
    }

    [Fact]
    public async Task A_cluster_tells_its_system_with_namespaces_and_what_Velero_takes()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.32"));
        Furnish(host.Cluster("blue"), [], KubeflowCluster.Users());
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");

        var found = Assert.Single(new SystemCatalog(new SystemServices { Roles = null }).FindOn(await blue.Client.DiscoverAsync(Token)));
        var shown = await SystemView.OnAsync(blue, found.Description, Token);

        Assert.Equal(("KubeflowAws", "blue"), (shown.Name, shown.Context));
        Assert.Equal(["anna", "shared-data", "vision"], shown.Namespace);
        Assert.Equal(["anna", "shared-data", "vision"], shown.Velero!.Namespace);
        Assert.Equal(["persistentvolumes", "persistentvolumeclaims"], shown.Velero.IncludedResource);
        Assert.Equal(["scheduledworkflows.kubeflow.org"], shown.Velero.RestoreStatusResource);
    }

    [Fact]
    public async Task Namespaces_of_others_are_no_part_of_it()
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.32"));
        Furnish(host.Cluster("blue"), [], KubeflowCluster.Users());
        await using var blue = await SandboxFixture.ConnectAsync(host, "blue");

        var failure = (await Assert.ThrowsAsync<UpgradeException>(() => ExportAsync(blue, new ClusterConfigSelection { Namespace = ["kubeflow"] }))).Failure;
        Assert.Equal("KindNotInSystem", failure.Id);
        Assert.Contains("anna, shared-data, vision", failure.Message, StringComparison.Ordinal);
        Assert.True((await ExportAsync(blue, new ClusterConfigSelection { Namespace = ["vision"] })).Complete);
        AssertFiles("kubeflow.org/Notebook/vision/lab");
        AssertNoFiles("kubeflow.org/Notebook/anna");
        // What is outside is told where the system was found and not named.
        var outside = await SystemCoverage.CountAsync(blue, s_system.Description, new SystemCatalog(new SystemServices { Roles = null }).Whole.Description, new ClusterConfigSelection { Kind = ["ConfigMap", "Deployment"] }, NullReporter.Instance, Token);
        Assert.Equal(["Deployment.apps 8", "ConfigMap 1"], outside.Select(kind => $"{kind.Kind} {kind.Count}"));
    }

    private static void Furnish(SandboxCluster cluster, Dictionary<string, JsonObject> definitions, IEnumerable<ClusterObject> users)
    {
        var crds = KubeflowCrds.All.Select(crd => definitions.TryGetValue(crd.Name, out var real) ? crd with { Json = (JsonObject)real.DeepClone() } : crd);
        foreach (var o in crds.Concat(KubeflowCluster.Installed()).Concat(users).Concat(KubeflowCluster.Running()))
            cluster.Seed([o.Json], o.FieldManager);
    }

    private static Dictionary<string, JsonObject> RealDefinitions()
    {
        var folder = Environment.GetEnvironmentVariable("KONUPGRADE_SHARED") is { Length: > 0 } shared ? Path.Combine(shared, "data", "crds", "kubeflow") : "";
        var found = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.yaml") : [])
        {
            var json = (JsonObject)JsonNode.Parse(YamlReader.Read(File.ReadAllBytes(file), file)[0].Json.Span)!;
            json.Remove("status");
            // Nobody converts here, and of one version nobody need.
            ((JsonObject)json["spec"]!).Remove("conversion");
            found[(string)json["metadata"]!["name"]!] = json;
        }

        return found;
    }

    private async Task<ClusterConfigExport> ExportAsync(ClusterConnection blue, ClusterConfigSelection? selection = null)
    {
        var options = new ExportOptions { Path = _folder["export"], System = s_system.Description, Selection = selection ?? new(), ReplaceExport = true };
        ClusterConfigExport? made = null;
        await foreach (var export in new ConfigExporter(blue, options, NullReporter.Instance).RunAsync(Token))
            made = export;
        return made!;
    }

    private async Task<List<ClusterConfigChange>> ImportAsync(ClusterConnection green)
    {
        var source = await ManifestDirectory.OpenAsync(_folder["export"], Token);
        var changes = new List<ClusterConfigChange>();
        await foreach (var change in new ConfigImporter(source, green, s_system, new ImportOptions { Timeout = TimeSpan.FromSeconds(30) }, NullReporter.Instance).RunAsync(Token))
            changes.Add(change);
        return changes;
    }

    private static async Task<List<string>> CompareAsync(ClusterConnection blue, ClusterConnection green)
    {
        var comparer = new ConfigComparer(new ClusterSource(blue, NullReporter.Instance), new ClusterSource(green, NullReporter.Instance), new CompareOptions { System = s_system }, NullReporter.Instance);
        var found = new List<string>();
        await foreach (var difference in comparer.RunAsync(Token))
            found.Add($"{difference.State} {difference.Kind} {difference.Name}{(difference.Fields.Count > 0 ? $": {string.Join(", ", difference.Fields.Select(field => field.Path))}" : "")}");
        Assert.Empty(comparer.Failures);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private void AssertFiles(params string[] paths) => Assert.All(paths, path => Assert.True(File.Exists(_folder[["export", .. $"{path}.yaml".Split('/')]]), path));

    private void AssertNoFiles(params string[] paths) =>
        Assert.All(paths, path => Assert.False(File.Exists(_folder[["export", .. $"{path}.yaml".Split('/')]]) || Directory.Exists(_folder[["export", .. path.Split('/')]]), path));
}
