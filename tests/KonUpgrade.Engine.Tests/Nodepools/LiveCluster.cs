using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>A cluster of the sandbox that lives fast, with a pool <c>pool=old</c> and a pool <c>pool=new</c>.</summary>
internal sealed class LiveCluster : IAsyncDisposable
{
    public const string Namespace = "default";
    public const string OldPool = "pool=old";

    /// <summary>A cluster of a sandbox that is called live.</summary>
    public LiveCluster(SandboxHost host, ClusterConnection connection)
    {
        Host = host;
        Connection = connection;
    }

    public SandboxHost Host { get; }

    public ClusterConnection Connection { get; }

    public SandboxDataPlane Plane => Host.Cluster("live").DataPlane!;

    public RecordingNodepoolHost Told { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<LiveCluster> StartAsync(int old = 2, int @new = 2, Func<string, NodeShape>? shape = null)
    {
        var settings = new DataPlaneSettings { Speed = 40, ReadyAfter = TimeSpan.FromSeconds(2), EndAfter = TimeSpan.FromSeconds(1) };
        var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("live", "1.33") { DataPlane = settings });
        var cluster = new LiveCluster(host, await SandboxFixture.ConnectAsync(host, "live"));
        for (var i = 1; i <= old; i++)
            await cluster.AddNodeAsync(shape?.Invoke($"old-{i}") ?? Node($"old-{i}", "old"));
        for (var i = 1; i <= @new; i++)
            await cluster.AddNodeAsync(Node($"new-{i}", "new"));
        await cluster.EventuallyAsync("nodes are ready", async () => (await cluster.ListAsync("Node")).Count(n => Condition(n, "Ready") == "True") == old + @new);
        return cluster;
    }

    public static NodeShape Node(string name, string pool) => new() { Name = name, Labels = new Dictionary<string, string> { ["pool"] = pool } };

    public Task AddNodeAsync(NodeShape shape) => Plane.AddNodeAsync(shape, Token);

    public Task<Nodepool> PoolAsync(string selector = OldPool) => PoolAsync(Connection, selector);

    public static async Task<Nodepool> PoolAsync(ClusterConnection connection, string selector) =>
        Assert.Single(await new LabelledNodes(connection, selector).ListAsync(Token));

    public async Task<NodepoolDrainer> DrainerAsync(DrainOptions? options = null, TimeProvider? time = null, string selector = OldPool) =>
        new(Connection, new LabelledNodes(Connection, selector), await PoolAsync(selector), options ?? new DrainOptions(), Told, time);

    public async Task<NodepoolChange> DrainAsync(DrainOptions? options = null, TimeProvider? time = null) => await (await DrainerAsync(options, time)).RunAsync(Token);

    public async Task<NodepoolChange> ResumeAsync() =>
        await new NodepoolResumer(Connection, new LabelledNodes(Connection, OldPool), await PoolAsync(), 4, Told).RunAsync(Token);

    /// <summary>A Deployment whose pods begin on the old nodes, since the new ones are cordoned as long as it starts.</summary>
    public async Task DeployOnOldAsync(string name, int replicas, string pod = "", string annotations = "{}")
    {
        foreach (var node in await NodeNamesAsync("new"))
            await PatchNodeAsync(node, """{"spec":{"unschedulable":true}}""");
        await DeployAsync(name, replicas, pod, annotations);
        await ReadyAsync(name, replicas);
        foreach (var node in await NodeNamesAsync("new"))
            await PatchNodeAsync(node, """{"spec":{"unschedulable":null}}""");
    }

    public Task DeployAsync(string name, int replicas, string pod = "", string annotations = "{}") => CreateAsync(
        "apps", "Deployment",
        $$$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}"},"spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"app":"{{{name}}}"} },
         "template":{"metadata":{"labels":{"app":"{{{name}}}"},"annotations":{{{annotations}}} },"spec":{"containers":[{"name":"main","image":"app:1"}]{{{pod}}} } } } }
        """);

    public Task ReadyAsync(string app, int count) => EventuallyAsync(
        $"{count} pods of {app} are ready", async () => (await ListAsync("Pod")).Count(p => (string?)p["metadata"]!["labels"]?["app"] == app && Condition(p, "Ready") == "True") == count);

    public Task BudgetAsync(string name, string rule, string app) => CreateAsync(
        "policy", "PodDisruptionBudget",
        $$$"""{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"{{{name}}}"},"spec":{ {{{rule}}},"selector":{"matchLabels":{"app":"{{{app}}}"} } } }""");

    public Task PodAsync(string name, string node, string metadata = "", string spec = "") => CreateAsync(
        "", "Pod", $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}"{{{metadata}}} },"spec":{"nodeName":"{{{node}}}","containers":[{"name":"main","image":"app:1"}]{{{spec}}} } }""");

    public async Task CreateAsync(string group, string kind, string json)
    {
        var catalog = await Connection.Client.DiscoverAsync(Token);
        var resource = catalog.FindPreferred(group, kind)!;
        using var created = await Connection.Client.CreateAsync(resource, resource.Namespaced ? Namespace : null, Encoding.UTF8.GetBytes(json), new WriteOptions(), Token);
    }

    public async Task ScaleAsync(string deployment, int replicas)
    {
        using var scaled = await Connection.Client.PatchAsync(
            TestResources.Deployments, Namespace, deployment, PatchKind.Merge, Encoding.UTF8.GetBytes($$$"""{"spec":{"replicas":{{{replicas}}} } }"""), new WriteOptions(), Token);
    }

    public async Task PatchNodeAsync(string node, string patch)
    {
        using var patched = await Connection.Client.PatchAsync(Nodes, null, node, PatchKind.Merge, Encoding.UTF8.GetBytes(patch), new WriteOptions { FieldManager = "kubectl" }, Token);
    }

    public async Task<IReadOnlyList<JsonObject>> ListAsync(string kind)
    {
        var resource = kind == "Node" ? Nodes : Pods;
        var found = new List<JsonObject>();
        await foreach (var o in Connection.Client.ListAsync(resource, ListOptions.All, Token))
        {
            using (o)
                found.Add(JsonNode.Parse(o.Json.Span)!.AsObject());
        }
        return found;
    }

    /// <summary>The pods on the old nodes, by name; those of Deployments by the Deployment's.</summary>
    public async Task<IReadOnlyList<string>> OnOldAsync() =>
    [
        .. (await ListAsync("Pod")).Where(p => ((string?)p["spec"]!["nodeName"])?.StartsWith("old", StringComparison.Ordinal) == true)
            .Select(p => (string?)p["metadata"]!["labels"]?["app"] ?? (string)p["metadata"]!["name"]!).Order(StringComparer.Ordinal),
    ];

    public async Task<JsonObject> NodeAsync(string name) => (await ListAsync("Node")).Single(n => (string?)n["metadata"]!["name"] == name);

    public async Task EventuallyAsync(string what, Func<Task<bool>> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (!await condition())
                await timer.WaitForNextTickAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            Assert.Fail($"Not within 60 s: {what}\n{Told.Text}");
        }
    }

    public Task ToldAsync(string text) => EventuallyAsync($"it says: {text}", () => Task.FromResult(Told.Text.Contains(text, StringComparison.Ordinal)));

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Host.DisposeAsync();
    }

    private static ApiResource Nodes { get; } = new() { Group = "", Version = "v1", Kind = "Node", Plural = "nodes", Namespaced = false };

    private static ApiResource Pods { get; } = new() { Group = "", Version = "v1", Kind = "Pod", Plural = "pods", Namespaced = true };

    private async Task<IReadOnlyList<string>> NodeNamesAsync(string pool) =>
        [.. (await ListAsync("Node")).Where(n => (string?)n["metadata"]!["labels"]!["pool"] == pool).Select(n => (string)n["metadata"]!["name"]!)];

    private static string? Condition(JsonObject o, string type) => (string?)o["status"]?["conditions"]?.AsArray().FirstOrDefault(c => (string?)c!["type"] == type)?["status"];
}

/// <summary>A host that keeps what it is told, and answers as the test says.</summary>
internal sealed class RecordingNodepoolHost : INodepoolHost
{
    private readonly RecordingReporter _reporter = new();

    public Func<NodepoolBatch, bool?> Gate { get; set; } = _ => null;

    public List<NodepoolBatch> Batches { get; } = [];

    public string Text => _reporter.Text;

    public IReadOnlyList<ProgressReport> Reports => [.. _reporter.Reports];

    public Task<bool?> IsHealthyAsync(NodepoolBatch batch, CancellationToken cancellationToken)
    {
        Batches.Add(batch);
        return Task.FromResult(Gate(batch));
    }

    public void Progress(ProgressReport report) => _reporter.Progress(report);

    public void Verbose(string message) => _reporter.Verbose(message);

    public void Debug(string message) => _reporter.Debug(message);

    public void Warning(string message) => _reporter.Warning(message);

    public void Information(string message) => _reporter.Information(message);
}
