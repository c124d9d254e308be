using System.Text.Json.Nodes;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools.Providers.Eks;
using KonUpgrade.Engine.Nodepools.Providers.Konstellation;
using KonUpgrade.Engine.Tests.Nodepools.Eks;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Nodepools.Konstellation;

/// <summary>A region of the sandbox with the clusters blue and green, of which blue has Konstellation.</summary>
internal sealed class LiveKonstellation : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _opened = [];

    private LiveKonstellation(LiveEks eks, KonstellationNodepools pools) => (Eks, Pools) = (eks, pools);

    public LiveEks Eks { get; }

    public SandboxHost Host => Eks.Host;

    public KonstellationNodepools Pools { get; }

    public RecordingNodepoolHost Told => Eks.Told;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<LiveKonstellation> StartAsync(string? configOf = null, string? definitions = null)
    {
        var eks = await LiveEks.StartAsync();
        KonObjects.Install(eks.Host, "blue", configOf, definitions);
        return new LiveKonstellation(eks, (await KonstellationNodepools.FindAsync(eks.Connection, eks.Access, eks.Groups, eks.Told, Token))!);
    }

    /// <summary>The pools as another process sees them, of either cluster.</summary>
    public async Task<KonstellationNodepools> OtherAsync(string cluster = "blue")
    {
        var connection = await LiveEks.ConnectAsync(Host, cluster);
        var access = EksAccess.Open(connection, null, Told);
        _opened.Add(connection);
        _opened.Add(new Closing(access));
        return (await KonstellationNodepools.FindAsync(connection, access, new EksNodegroups(connection, access, Told), Told, Token))!;
    }

    public async Task<Nodepool> MakeAsync(string name, NodepoolShape? given = null, Nodepool? like = null)
    {
        var shape = await Pools.CompleteAsync(name, given ?? new NodepoolShape { InstanceType = ["m5.large"], MaxSize = 4 }, like, Token);
        await Pools.CreateAsync(name, shape, null, Token);
        await Pools.WaitActiveAsync(name, LiveEks.Soon, Token);
        return (await Pools.FindAsync(name, Token))!;
    }

    /// <summary>Does something until a request of it has taken effect and is not answered; then it is ended, as by a kill.</summary>
    public async Task KillAtAsync(SandboxFault at, Func<CancellationToken, Task> work)
    {
        var fault = Host.Faults.Add(at with { Kind = FaultKind.Unanswered });
        using var kill = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var run = work(kill.Token);
        await Host.Faults.MeetAsync(fault, 1, Token);
        await kill.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Host.Faults.Remove(fault);
    }

    /// <summary>A Nodepool as the cluster has it; null where it is not there.</summary>
    public async Task<JsonObject?> ObjectAsync(string name, string cluster = "blue")
    {
        await using var connection = await LiveEks.ConnectAsync(Host, cluster);
        var resource = (await connection.Client.DiscoverAsync(Token)).FindPreferred("k11n.dev", "Nodepool")!;
        using var o = await connection.Client.GetAsync(resource, null, name, Token);
        return o is null ? null : JsonNode.Parse(o.Json.Span)!.AsObject();
    }

    public static SandboxFault Creation { get; } = new() { Kind = FaultKind.Unanswered, Verb = "create", Resource = "nodepools" };

    public static SandboxFault Group(string operation) => new() { Kind = FaultKind.Unanswered, Verb = operation };

    public async ValueTask DisposeAsync()
    {
        foreach (var opened in _opened)
            await opened.DisposeAsync();
        await Eks.DisposeAsync();
    }

    private sealed class Closing(IDisposable one) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            one.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
