using KonUpgrade.Engine.Configuration.Importing;
using KonUpgrade.Engine.Configuration.Importing.Planning;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Configuration.Importing;

/// <summary>Imports of plain manifests from a directory on disk.</summary>
public sealed class ImportDirectoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_kubectl_printed_is_imported_without_what_belonged_to_its_cluster()
    {
        Write("all.yaml",
            """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Namespace
              metadata: {name: shop, uid: 1b671a64-40d5-491e-99b0-da01ff1f3341, resourceVersion: "77"}
              status: {phase: Active}
            - apiVersion: v1
              kind: ConfigMap
              metadata: {name: c, namespace: shop, uid: 1b671a64-40d5-491e-99b0-da01ff1f3342, resourceVersion: "78", creationTimestamp: "2024-01-01T00:00:00Z", generation: 3}
              data: {value: x}
            """);
        await using var scene = await ImportScene.StartAsync();
        var changes = await ImportAsync(scene);
        Assert.Equal(2, changes.Count);
        Assert.All(changes, c => Assert.Equal(ClusterConfigChangeAction.Created, c.Action));
        using var made = await scene.GetAsync("", "ConfigMap", "shop", "c");
        Assert.NotEqual("1b671a64-40d5-491e-99b0-da01ff1f3342", made!.Uid);
    }

    [Fact]
    public async Task A_printed_service_loses_its_address_and_a_written_one_keeps_what_it_says()
    {
        Write("a.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata: {name: printed, namespace: shop, uid: 1b671a64-40d5-491e-99b0-da01ff1f3341}
            spec: {clusterIP: 10.96.77.77, clusterIPs: [10.96.77.77], type: ClusterIP, ports: [{port: 80}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: written, namespace: shop}
            spec: {type: NodePort, ports: [{port: 80, nodePort: 30777}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: child, namespace: shop, uid: 1b671a64-40d5-491e-99b0-da01ff1f3342, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: r, uid: x, controller: true}]}
            spec: {containers: [{name: a, image: a}]}
            """);
        await using var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed([ImportScene.Namespace("shop")]);
        var changes = (await ImportAsync(scene)).ToDictionary(c => c.Name);
        Assert.Equal(ClusterConfigChangeAction.Created, changes["printed"].Action);
        Assert.Equal(ClusterConfigChangeAction.Created, changes["written"].Action);
        using var printed = await scene.GetAsync("", "Service", "shop", "printed");
        Assert.NotEqual("10.96.77.77", printed!.Root.GetProperty("spec").GetProperty("clusterIP").GetString());
        using var written = await scene.GetAsync("", "Service", "shop", "written");
        Assert.Equal(30777, written!.Root.GetProperty("spec").GetProperty("ports")[0].GetProperty("nodePort").GetInt32());
    }

    [Fact]
    public async Task A_file_that_can_not_be_parsed_is_one_failure_and_the_rest_goes_on()
    {
        Write("a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n");
        Write("b.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: [unclosed\n");
        await using var scene = await ImportScene.StartAsync();
        var changes = await ImportAsync(scene);
        Assert.Equal(ClusterConfigChangeAction.Created, changes.Single(c => c.Kind == "Namespace").Action);
        var failed = changes.Single(c => c.Action == ClusterConfigChangeAction.Failed);
        Assert.Equal(FailureKind.ParserError, failed.Failure!.Kind);
        Assert.Contains("b.yaml", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_of_which_no_file_is_a_manifest_has_nothing_to_import()
    {
        Write("values.yaml", "replicas: 1\n");
        Write("ci.yaml", "stages: [build]\n---\njobs: []\n");
        await using var scene = await ImportScene.StartAsync();
        var nothing = (await PrepareAsync(scene)).Nothing!;
        Assert.Equal("NothingToImport", nothing.Id);
        Assert.Contains("none of the 2 YAML and JSON files", nothing.Message, StringComparison.Ordinal);
        Assert.Contains("ci.yaml", nothing.Message, StringComparison.Ordinal);

        Write("a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n");
        Assert.Null((await PrepareAsync(scene)).Nothing);
        var changes = await ImportAsync(scene);
        Assert.Equal(3, changes.Count);
        Assert.All(changes.Where(c => c.Kind.Length == 0), c => Assert.Equal("NotAManifest", c.Failure!.Id));
    }

    [Fact]
    public async Task What_is_there_twice_is_told_with_both_places()
    {
        Write("a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n");
        await using var scene = await ImportScene.StartAsync();
        var failure = Assert.Single(await ImportAsync(scene), c => c.Action == ClusterConfigChangeAction.Failed).Failure!;
        Assert.Equal("DuplicateObject", failure.Id);
        Assert.Contains("a.yaml, lines 1 and 6. Only the first is imported.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_since_it_exists_says_what_would_change_it()
    {
        Write("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata: {value: x}\n");
        await using var scene = await ImportScene.StartAsync();
        scene.Host.Cluster("green").Seed([ImportScene.Namespace("shop"), ImportScene.ConfigMap("shop", "c", "y")]);
        var change = Assert.Single(await ImportAsync(scene));
        Assert.Equal(ClusterConfigChangeAction.Skipped, change.Action);
        Assert.Equal("It exists and differs in the field data.value. -Existing Apply changes it.", change.Reason);
    }

    [Fact]
    public async Task An_object_without_a_namespace_is_not_put_into_some_namespace()
    {
        Write("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n");
        await using var scene = await ImportScene.StartAsync();
        Assert.Equal("NamespaceMissing", Assert.Single(await ImportAsync(scene)).Failure!.Id);
    }

    private void Write(string name, string text) => _folder.Write(name, text);

    private async Task<ImportPlanSummary> PrepareAsync(ImportScene scene) =>
        await new ConfigImporter(await ManifestDirectory.OpenAsync(_folder.Path, Token), scene.Green, scene.Systems.Get("Kubernetes"), scene.Options, scene.Reporter).PrepareAsync(Token);

    private async Task<List<ClusterConfigChange>> ImportAsync(ImportScene scene)
    {
        var source = await ManifestDirectory.OpenAsync(_folder.Path, Token);
        var changes = new List<ClusterConfigChange>();
        await foreach (var change in new ConfigImporter(source, scene.Green, scene.Systems.Get("Kubernetes"), scene.Options, scene.Reporter).RunAsync(Token))
            changes.Add(change);
        return changes;
    }
}
