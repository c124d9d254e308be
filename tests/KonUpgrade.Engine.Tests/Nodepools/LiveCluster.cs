using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>A cluster of the sandbox that lives fast, with a pool <c>pool=old</c> and a pool <c>pool=new</c>.</summary>
internal sealed class LiveCluster : DrainableCluster
{
    public const string OldPool = "pool=old";

    /// <summary>A cluster of a sandbox that is called live.</summary>
    public LiveCluster(SandboxHost host, ClusterConnection connection)
        : base(connection, host.KubeConfigPath, "default", OldPool, "old") => Host = host;

    public SandboxHost Host { get; }

    public SandboxDataPlane Plane => Host.Cluster("live").DataPlane!;

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

    public override async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Host.DisposeAsync();
    }

    private async Task<IReadOnlyList<string>> NodeNamesAsync(string pool) =>
        [.. (await ListAsync("Node")).Where(n => (string?)n["metadata"]!["labels"]!["pool"] == pool).Select(n => (string)n["metadata"]!["name"]!)];
}
