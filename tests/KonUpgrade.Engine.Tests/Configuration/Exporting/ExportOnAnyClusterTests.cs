using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Configuration.Exporting;

/// <summary>What holds on the sandbox and on any real cluster that the run may use.</summary>
public sealed class ExportOnAnyClusterTests(SandboxFixture sandbox)
{
    public static Task<TheoryData<string>> Clusters => TestCluster.AllAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task A_namespace_is_exported_as_it_was_written(string cluster)
    {
        await using var connection = await TestCluster.OpenAsync(cluster, sandbox);
        await using var home = await TestNamespace.CreateAsync(connection.Client, Token);
        using var map = await connection.Client.CreateAsync(
            TestResources.ConfigMaps, home.Name, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web"},"data":{"answer":"yes","octal":"014","text":"a\n b\n"}}"""u8.ToArray(), new WriteOptions { FieldManager = "helm" }, Token);
        using var service = await connection.Client.CreateAsync(
            s_services, home.Name, """{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"type":"NodePort","selector":{"app":"web"},"ports":[{"name":"a","port":80,"nodePort":32723},{"name":"b","port":81}]}}"""u8.ToArray(), new WriteOptions(), Token);
        using var headless = await connection.Client.CreateAsync(
            s_services, home.Name, """{"apiVersion":"v1","kind":"Service","metadata":{"name":"none"},"spec":{"clusterIP":"None","selector":{"app":"web"}}}"""u8.ToArray(), new WriteOptions(), Token);
        using var folder = new TempFolder();
        var options = new ExportOptions { Path = folder.Path, System = ExportBench.Everything, Selection = new ClusterConfigSelection { Namespace = [home.Name] } };

        var export = Assert.Single(await new ConfigExporter(connection, options, NullReporter.Instance).RunAsync(Token).ToListAsync(Token));

        Assert.True(export.Complete, string.Join('\n', export.Failures));
        var files = folder.Files();
        Assert.Equal($"apiVersion: v1\ndata:\n  answer: \"yes\"\n  octal: \"014\"\n  text: |\n    a\n     b\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: {home.Name}\n", files[$"core/ConfigMap/{home.Name}/web.yaml"]);
        Assert.Contains("nodePort: 32723\n", files[$"core/Service/{home.Name}/web.yaml"], StringComparison.Ordinal);
        Assert.Single(files[$"core/Service/{home.Name}/web.yaml"].Split('\n'), line => line.Contains("nodePort:", StringComparison.Ordinal));
        Assert.DoesNotContain("clusterIP", files[$"core/Service/{home.Name}/web.yaml"], StringComparison.Ordinal);
        Assert.Contains("clusterIP: None\n", files[$"core/Service/{home.Name}/none.yaml"], StringComparison.Ordinal);
        Assert.Contains($"core/Namespace/_cluster/{home.Name}.yaml", files.Keys);
        var read = await (await ManifestDirectory.OpenAsync(folder.Path, Token)).ReadAsync(Token).ToListAsync(Token);
        Assert.All(read, file => Assert.Null(file.Problem));
        Assert.Equal(new FieldOwner("helm", "Update"), Assert.Single(read, file => file is { Kind: "ConfigMap", Name: "web" }).Owner);
    }

    private static readonly ApiResource s_services = new() { Group = "", Version = "v1", Kind = "Service", Plural = "services", Namespaced = true };
}
