using System.Net;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Moving;
using KonUpgrade.Engine.Nodepools.Providers.Eks;
using KonUpgrade.Engine.Nodepools.Providers.Konstellation;
using KonUpgrade.Engine.Tests.Nodepools.Eks;
using KonUpgrade.Engine.Tests.Nodepools.Konstellation;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Eks;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Nodepools.Moving;

/// <summary>A cluster of the sandbox's EKS that lives fast, with the node group <c>workers</c>, and the engine's clock as fast as the cluster's.</summary>
internal sealed class MoveScene : IAsyncDisposable
{
    public const string Old = "workers";

    private const string Name = "live";
    private const double Speed = 40;

    private readonly List<Caller> _callers = [];

    private readonly bool _isKonstellation;

    private MoveScene(SandboxHost host, LiveCluster live, bool isKonstellation) => (Host, Live, _isKonstellation) = (host, live, isKonstellation);

    public SandboxHost Host { get; }

    public SandboxEks Eks => Host.Eks!;

    public LiveCluster Live { get; }

    public FastTime Time { get; } = new(Speed);

    public RecordingNodepoolHost Told => Live.Told;

    /// <summary>Takes the place of the keeper that a mover gets.</summary>
    public Func<INodepoolKeeper, INodepoolKeeper> Around { get; set; } = keeper => keeper;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="nodes">How many nodes the pool has.</param>
    /// <param name="isKonstellation">Whether the cluster has Konstellation, and the pool is one of it.</param>
    public static async Task<MoveScene> StartAsync(int nodes = 2, bool isKonstellation = false)
    {
        var settings = new DataPlaneSettings { Speed = Speed, ReadyAfter = TimeSpan.FromSeconds(2), EndAfter = TimeSpan.FromSeconds(1) };
        var host = await SandboxFixture.StartAsync(new SandboxClusterOptions(Name, "1.33") { DataPlane = settings });
        if (isKonstellation)
            KonObjects.Install(host, Name);
        var scene = new MoveScene(host, new LiveCluster(host, await ConnectAsync(host)), isKonstellation);
        var keeper = (await scene.CallAsync()).Keeper;
        var given = new NodepoolShape
        {
            MinSize = 1,
            MaxSize = nodes + 2,
            DesiredSize = nodes,
            InstanceType = ["m5.large"],
            NodeRole = host.Eks!.NodeRole(Name),
            Label = new Dictionary<string, string> { ["tier"] = "web" },
            Tag = new Dictionary<string, string> { ["team"] = "shop" },
        };
        await keeper.CreateAsync(Old, await keeper.CompleteAsync(Old, given, null, Token), null, Token);
        await keeper.WaitActiveAsync(Old, LiveEks.Soon, Token);
        return scene;
    }

    /// <summary>Two Deployments with six pods and their budgets, all on the old pool.</summary>
    public async Task FillAsync()
    {
        await Live.DeployAsync("web", 4);
        await Live.DeployAsync("api", 2);
        await Live.BudgetAsync("web", "\"maxUnavailable\":1", "web");
        await Live.BudgetAsync("api", "\"minAvailable\":1", "api");
        await Live.ReadyAsync("web", 4);
        await Live.ReadyAsync("api", 2);
    }

    public static NodepoolMoveRequest Request { get; } = new() { Name = Old, Drain = new DrainOptions { HealthTimeout = TimeSpan.FromHours(1) } };

    /// <summary>A mover as another process has it: with a connection and a login of its own.</summary>
    public async Task<NodepoolMover> MoverAsync(NodepoolMoveRequest? request = null)
    {
        var caller = await CallAsync();
        return new NodepoolMover(caller.Connection, Around(caller.Keeper), request ?? Request, Told, Time);
    }

    public async Task<NodepoolMove> MoveAsync(NodepoolMoveRequest? request = null) => await (await MoverAsync(request)).RunAsync(Token);

    /// <summary>Ends a move when so many of its changes were made, the last of them unanswered.</summary>
    /// <param name="changes">How many.</param>
    /// <param name="of">Which changes count; null for all.</param>
    /// <returns>What it came to where it was over before; null where it was ended.</returns>
    public async Task<NodepoolMove?> KillAsync(int changes, SandboxFault? of = null)
    {
        var fault = Host.Faults.Add((of ?? Any) with { Skip = changes - 1 });
        using var kill = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = (await MoverAsync()).RunAsync(kill.Token);
        var met = Host.Faults.MeetAsync(fault, changes, kill.Token);
        var first = await Task.WhenAny(run, met);
        Host.Faults.Remove(fault);
        if (first == run)
            return await run;
        await kill.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        return null;
    }

    /// <summary>How many changes are made while something is done.</summary>
    public async Task<int> CountAsync(Func<Task> work, SandboxFault? of = null)
    {
        var fault = Host.Faults.Add((of ?? Any) with { Skip = int.MaxValue });
        await work();
        var met = Host.Faults.Met(fault) ?? 0;
        Host.Faults.Remove(fault);
        return met;
    }

    /// <summary>All changes.</summary>
    public static SandboxFault Any { get; } = new() { Kind = FaultKind.Unanswered, OnlyChanges = true };

    public async Task<IReadOnlyList<Nodepool>> PoolsAsync() =>
        (await CallAsync()).Keeper is var keeper && keeper is KonstellationNodepools konstellation ? await konstellation.ListAllAsync(Token) : await keeper.ListAsync(Token);

    public async Task<INodepoolKeeper> KeeperAsync() => (await CallAsync()).Keeper;

    /// <summary>What is not as it must be after a move: one pool, the new one; no node that is ours to give back; every pod ready; no budget violated.</summary>
    public async Task<IReadOnlyList<string>> FaultsOfTheEndAsync(NodepoolMove move)
    {
        var faults = new List<string>();
        if (move.Failure is { } failure || move.Action is not (NodepoolMoveAction.Moved or NodepoolMoveAction.Unchanged))
            faults.Add($"it is {move.Action}: {move.Failure}");
        var pools = string.Join(", ", (await PoolsAsync()).Select(pool => $"{pool.Name} {pool.Status} {pool.ReadyCount}/{pool.DesiredSize}"));
        if (pools != "workers-2 ACTIVE 2/2")
            faults.Add($"the pools are {pools}");
        foreach (var node in await Live.ListAsync("Node"))
        {
            if (node["spec"]!["unschedulable"] is not null || node["spec"]!["taints"] is JsonArray { Count: > 0 } || node["metadata"]!["annotations"]?["konupgrade.dev/suspended"] is not null)
                faults.Add($"node {node["metadata"]!["name"]} is still out of use");
        }
        if (_isKonstellation)
        {
            var left = await ObjectsAsync();
            if (left is not ["workers-2"])
                faults.Add($"the Nodepools are {string.Join(", ", left)}");
        }

        await Live.ReadyAsync("web", 4);
        await Live.ReadyAsync("api", 2);
        if (Live.Plane.BudgetViolations > 0)
            faults.Add($"{Live.Plane.BudgetViolations} times a budget was violated: {string.Join(", ", Live.Plane.Violations)}");
        return faults;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var caller in _callers)
        {
            caller.Access.Dispose();
            await caller.Connection.DisposeAsync();
        }
        await Live.DisposeAsync();
    }

    private async Task<Caller> CallAsync()
    {
        var connection = await ConnectAsync(Host);
        var access = EksAccess.Open(connection, null, Told);
        var groups = new EksNodegroups(connection, access, Told, Time);
        INodepoolKeeper keeper = _isKonstellation ? (await KonstellationNodepools.FindAsync(connection, access, groups, Told, Token, Time))! : groups;
        var caller = new Caller(connection, access, keeper);
        _callers.Add(caller);
        return caller;
    }

    // The Nodepools of Konstellation, each with the annotations of ours that it still has.
    private async Task<IReadOnlyList<string>> ObjectsAsync()
    {
        var resource = (await Live.Connection.Client.DiscoverAsync(Token)).FindPreferred("k11n.dev", "Nodepool")!;
        var found = new List<string>();
        await foreach (var o in Live.Connection.Client.ListAsync(resource, ListOptions.All, Token))
        {
            using (o)
                found.Add($"{o.Name}{o.Annotation("konupgrade.dev/announced")}{o.Annotation("konupgrade.dev/removing")}");
        }
        return found;
    }

    private static async Task<ClusterConnection> ConnectAsync(SandboxHost host)
    {
        var settings = host.Eks!.Settings;
        var login = new AwsOptions
        {
            Region = settings.Region,
            EndpointUrl = host.Eks.Uri,
            Keys = new AwsKeys(settings.AccessKeyId, new NetworkCredential("", settings.SecretAccessKey).SecurePassword, null),
        };
        using var clusters = new ManagedClusters(login, NullReporter.Instance);
        return await ClusterConnection.OpenAsync(new ClusterTarget(null, null) { Managed = await clusters.GetAsync(Name, Token) }, new ConnectionOptions(), NullReporter.Instance, Token);
    }

    private sealed record Caller(ClusterConnection Connection, EksAccess Access, INodepoolKeeper Keeper);
}
