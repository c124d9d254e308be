using KonUpgrade.Engine.Configuration.Comparing;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Configuration.Comparing;

/// <summary>Comparisons of what people wrote with what a cluster has.</summary>
public sealed class CompareManifestsTests : IAsyncDisposable
{
    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: web:1
                args: [--fast]
                ports: [{containerPort: 80}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, namespace: shop}
        spec: {rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
        """;

    private readonly TempFolder _folder = new();
    private readonly SystemCatalog _systems = new(new SystemServices { Roles = null });
    private readonly RecordingReporter _reporter = new();
    private SandboxHost? _host;
    private ClusterConnection? _cluster;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        if (_host is not null)
            await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_the_manifests_do_not_name_is_no_difference_and_is_counted()
    {
        await StartAsync(Web);
        _folder.Write("web.yaml", Web);
        Assert.Empty((await CompareAsync()).Found);
        Assert.Empty((await CompareAsync(turned: true)).Found);
        Assert.Contains(_reporter.Of("verbose"), message => message.Contains("in 2 objects are left out", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("image: web:1", "image: web:2", "spec.template.spec.containers[name=web].image", "\"web:1\"", "\"web:2\"")]
    [InlineData("args: [--fast]", "args: [--fast, --far]", "spec.template.spec.containers[name=web].args", "[\"--fast\"]", "[\"--fast\",\"--far\"]")]
    [InlineData("host: shop.example", "host: shop.test", "spec.rules[0].host", "\"shop.example\"", "\"shop.test\"")]
    public async Task What_the_manifests_name_is_compared_from_either_side(string onCluster, string inManifest, string path, string there, string written)
    {
        await StartAsync(Web);
        _folder.Write("web.yaml", Web.Replace(onCluster, inManifest, StringComparison.Ordinal));
        var field = Assert.Single(Assert.Single((await CompareAsync()).Found).Fields);
        Assert.Equal((path, written, there), (field.Path, field.Reference, field.Difference));
        field = Assert.Single(Assert.Single((await CompareAsync(turned: true)).Found).Fields);
        Assert.Equal((path, there, written), (field.Path, field.Reference, field.Difference));
    }

    [Fact]
    public async Task A_field_that_the_manifests_alone_have_is_a_difference()
    {
        await StartAsync(Web);
        _folder.Write("web.yaml", Web.Replace("image: web:1", "image: web:1\n        imagePullPolicy: Always\n        tty: true", StringComparison.Ordinal));
        var fields = Assert.Single((await CompareAsync()).Found).Fields;
        Assert.Contains(fields, field => field.Path.EndsWith(".tty", StringComparison.Ordinal) && field is { Reference: "true", Difference: null });
    }

    [Fact]
    public async Task What_a_server_printed_is_compared_whole()
    {
        const string Settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata: {a: x, b: z}\n";
        await StartAsync(Settings);
        _folder.Write("c.yaml", Settings.Replace(", b: z", "", StringComparison.Ordinal));
        Assert.Empty((await CompareAsync()).Found);
        _folder.Write("c.yaml", Settings.Replace(", b: z", "", StringComparison.Ordinal).Replace("namespace: shop", "namespace: shop, uid: 1b671a64-40d5-491e-99b0-da01ff1f3342", StringComparison.Ordinal));
        Assert.Equal("data.b", Assert.Single(Assert.Single((await CompareAsync()).Found).Fields).Path);
    }

    [Fact]
    public async Task Two_directories_of_manifests_are_compared_whole()
    {
        using var other = new TempFolder();
        _folder.Write("c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata: {a: x}\n");
        other.Write("c.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\ndata: {a: x, b: y}\n");
        var (found, _) = await CompareAsync(await OfAsync(_folder), await OfAsync(other));
        Assert.Equal("data.b", Assert.Single(Assert.Single(found).Fields).Path);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("replicas: 3\nimage: web:1\n")]
    public async Task A_directory_without_any_manifest_is_refused(string? values)
    {
        await StartAsync(Web);
        if (values is not null)
        {
            _folder.Write("values.yaml", values);
            _folder.Write("chart/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n");
        }
        foreach (var turned in (bool[])[false, true])
        {
            var e = await Assert.ThrowsAsync<UpgradeException>(() => CompareAsync(turned));
            Assert.Equal(("NothingToCompare", FailureKind.NotFound), (e.Failure.Id, e.Failure.Kind));
            Assert.Contains(_folder.Path, e.Failure.Message, StringComparison.Ordinal);
            Assert.Equal(values is not null, e.Failure.Message.Contains("none of the 2 YAML and JSON files", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_object_that_is_there_twice_is_told_with_both_places()
    {
        await StartAsync(Web);
        _folder.Write("a.yaml", Web);
        _folder.Write("b.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n");
        var (_, comparer) = await CompareAsync();
        var failure = Assert.Single(comparer.Failures);
        Assert.Equal("DuplicateObject", failure.Id);
        Assert.Contains($"{_folder["a.yaml"]}, line 15, and in {_folder["b.yaml"]}, line 1. Only the first is compared.", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<DirectorySource> OfAsync(TempFolder folder) => new(await ManifestDirectory.OpenAsync(folder.Path, Token));

    private async Task StartAsync(string manifests)
    {
        _host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33"));
        using var folder = new TempFolder();
        folder.Write("all.yaml", manifests);
        var objects = new List<string> { ImportScene.Namespace("shop") };
        await foreach (var file in (await ManifestDirectory.OpenAsync(folder.Path, Token)).ReadAsync(Token))
        {
            using var o = await file.LoadAsync(Token);
            objects.Add(o.Root.GetRawText());
        }
        _host.Cluster("blue").Seed(objects);
        _cluster = await SandboxFixture.ConnectAsync(_host, "blue");
    }

    private async Task<(List<ClusterConfigDifference> Found, ConfigComparer Comparer)> CompareAsync(bool turned = false)
    {
        var live = new ClusterSource(_cluster!, _reporter);
        var (found, comparer) = turned ? await CompareAsync(live, await OfAsync(_folder)) : await CompareAsync(await OfAsync(_folder), live);
        // Of the cluster's other objects the manifests say nothing.
        return ([.. found.Where(one => one.State == ClusterConfigDifferenceState.Different)], comparer);
    }

    private async Task<(List<ClusterConfigDifference> Found, ConfigComparer Comparer)> CompareAsync(IConfigSource reference, IConfigSource difference)
    {
        var comparer = new ConfigComparer(reference, difference, new CompareOptions { System = _systems.Get("Kubernetes"), Selection = new ClusterConfigSelection() }, _reporter);
        var found = new List<ClusterConfigDifference>();
        await foreach (var one in comparer.RunAsync(Token))
            found.Add(one);
        return (found, comparer);
    }
}
