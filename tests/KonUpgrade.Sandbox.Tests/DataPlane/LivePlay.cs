using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

/// <summary>A cluster of its own whose clock stands still until the test moves it.</summary>
public abstract class LivePlay : IAsyncLifetime
{
    private SandboxHost? _host;
    private ApiClient? _client;

    protected SandboxHost Host => _host ?? throw new InvalidOperationException("The sandbox is not started.");

    protected SandboxCluster Cluster => Host.Cluster("live");

    protected SandboxDataPlane Plane => Cluster.DataPlane!;

    protected ApiClient Client => _client ?? throw new InvalidOperationException("The sandbox is not started.");

    protected const string Pods = "/api/v1/namespaces/default/pods";
    protected const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    protected const string ReplicaSets = "/apis/apps/v1/namespaces/default/replicasets";
    protected const string Budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";

    protected virtual DataPlaneSettings Settings => new() { Speed = 0 };

    public async ValueTask InitializeAsync()
    {
        _host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("live", "1.33") { DataPlane = Settings }] }, TestContext.Current.CancellationToken);
        _client = new ApiClient(_host, Cluster);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected Task SettleAsync() => Plane.SettleAsync(TestContext.Current.CancellationToken);

    protected Task AdvanceAsync(double seconds) => Plane.AdvanceAsync(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);

    /// <summary>Adds nodes and waits, on the cluster's clock, until they are Ready.</summary>
    protected async Task NodesAsync(params NodeShape[] shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        foreach (NodeShape shape in shapes) await Plane.AddNodeAsync(shape, TestContext.Current.CancellationToken);
        await AdvanceAsync(1);
    }

    protected static NodeShape Node(string name) => new() { Name = name };

    protected async Task<Reply> ApplyAsync(string path, string body) => (await Client.PostAsync(path, body)).Must(201);

    protected static string Pod(string name, string spec = "", string metadata = "", string container = "")
        => $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"{{{metadata}}}},"spec":{"containers":[{"name":"main","image":"app:1"{{{container}}}}]{{{spec}}}}}""";

    protected static string Directive(string name, string value) => $$$""","annotations":{"sandbox.konupgrade.dev/{{{name}}}":"{{{value}}}"}""";

    protected static string Deployment(string name, int replicas, string more = "", string image = "app:1", string pod = "", string annotations = "{}")
        => $$$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}"},"spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"app":"{{{name}}}"}},"template":{"metadata":{"labels":{"app":"{{{name}}}"},"annotations":{{{annotations}}}},"spec":{"containers":[{"name":"main","image":"{{{image}}}"}]{{{pod}}}}}{{{more}}}}}""";

    protected static string Budget(string name, string rule, string app)
        => $$$"""{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"{{{name}}}"},"spec":{ {{{rule}}},"selector":{"matchLabels":{"app":"{{{app}}}"} } }}""";

    protected Task<Reply> EvictAsync(string pod, string options = "", string version = "v1", string query = "")
        => Client.PostAsync($"{Pods}/{pod}/eviction{query}", $$$"""{"apiVersion":"policy/{{{version}}}","kind":"Eviction","metadata":{"name":"{{{pod}}}","namespace":"default"}{{{(options.Length == 0 ? "" : $",\"deleteOptions\":{options}")}}}}""");

    protected async Task<JsonObject> GetAsync(string path) => (await Client.GetAsync(path)).Must(200).Json;

    protected async Task<IReadOnlyList<JsonObject>> ListAsync(string path) => [.. (await GetAsync(path))["items"]!.AsArray().Select(item => (JsonObject)item!)];

    protected static string Name(JsonNode? item) => (string)item!["metadata"]!["name"]!;

    protected static string? Phase(JsonNode? pod) => (string?)pod!["status"]!["phase"];

    protected static string? Status(JsonNode? item, string condition)
        => (string?)item!["status"]?["conditions"]?.AsArray().FirstOrDefault(entry => (string?)entry!["type"] == condition)?["status"];

    protected static JsonNode? Condition(JsonNode? item, string condition)
        => item!["status"]?["conditions"]?.AsArray().FirstOrDefault(entry => (string?)entry!["type"] == condition);

    protected static bool IsReady(JsonNode? pod) => Status(pod, "Ready") == "True";

    protected static long Number(JsonNode? node) => node is null ? 0 : (long)node;
}
