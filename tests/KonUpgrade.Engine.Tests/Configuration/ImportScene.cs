using KonUpgrade.Engine.Configuration.Importing;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Planning;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Configuration;

/// <summary>A sandbox with one cluster to import into.</summary>
internal sealed class ImportScene : IAsyncDisposable
{
    private ImportScene(SandboxHost host, ClusterConnection green)
    {
        Host = host;
        Green = green;
    }

    public SandboxHost Host { get; }

    public ClusterConnection Green { get; }

    public RecordingReporter Reporter { get; } = new();

    public TestManifests Manifests { get; } = new();

    public SystemCatalog Systems { get; init; } = new(new SystemServices { Roles = null });

    public ImportOptions Options { get; set; } = new() { Timeout = TimeSpan.FromSeconds(5) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<ImportScene> StartAsync(string version = "1.33", string context = "green", SystemServices? services = null)
    {
        var host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new SandboxClusterOptions("green", version)] }, Token);
        var options = new ConnectionOptions { Retry = RetryPolicy.Default with { MaxAttempts = 4, BaseDelay = TimeSpan.FromMilliseconds(20) } };
        var green = await ClusterConnection.OpenAsync(new ClusterTarget(context, host.KubeConfigPath), options, NullReporter.Instance, Token);
        return new ImportScene(host, green) { Systems = new SystemCatalog(services ?? new SystemServices { Roles = null }) };
    }

    public ConfigImporter Importer(string system = "Kubernetes", ClusterConfigExport? export = null) =>
        new(new ImportSource("/export", export, [], Manifests.ReadAsync), Green, Systems.Get(system), Options, Reporter);

    public async Task<List<ClusterConfigChange>> ImportAsync(string system = "Kubernetes", ClusterConfigExport? export = null)
    {
        var changes = new List<ClusterConfigChange>();
        await foreach (var change in Importer(system, export).RunAsync(Token))
            changes.Add(change);
        return changes;
    }

    public async Task<List<ClusterConfigChange>> PreviewAsync(string system = "Kubernetes", ClusterConfigExport? export = null)
    {
        var changes = new List<ClusterConfigChange>();
        await foreach (var change in Importer(system, export).PreviewAsync(Token))
            changes.Add(change);
        return changes;
    }

    public async Task<KubernetesObject?> GetAsync(string group, string kind, string? ns, string name)
    {
        var catalog = await Green.Client.DiscoverAsync(Token);
        return await Green.Client.GetAsync(catalog.FindPreferred(group, kind)!, ns, name, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Green.DisposeAsync();
        await Host.DisposeAsync();
    }

    public static string Namespace(string name) => $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{name}}}"}}""";

    public static string ConfigMap(string ns, string name, string value = "x", string more = "") =>
        $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"{{{more}}}},"data":{"value":"{{{value}}}"}}""";

    public static string Definition(string kind = "Widget") =>
        """
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"NAMEs.shop.example"},
         "spec":{"group":"shop.example","scope":"Namespaced","names":{"kind":"KIND","plural":"NAMEs","singular":"NAME","listKind":"KINDList"},
         "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"size":{"type":"integer"}}}}}}}]}}
        """.Replace("NAME", kind.ToLowerInvariant(), StringComparison.Ordinal).Replace("KIND", kind, StringComparison.Ordinal);

    public static string Widget(string ns, string name, string more = "", string spec = "{\"size\":1}") =>
        $$$"""{"apiVersion":"shop.example/v1","kind":"Widget","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"{{{more}}}},"spec":{{{spec}}}}""";
}
