using System.Net;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Nodepools.Providers.Eks;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Eks;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Nodepools.Eks;

/// <summary>A region of the sandbox with the clusters blue and green, which live fast, and a connection to blue as a managed cluster.</summary>
internal sealed class LiveEks : IAsyncDisposable
{
    private LiveEks(SandboxHost host, ClusterConnection connection)
    {
        Host = host;
        Connection = connection;
        Access = EksAccess.Open(connection, null, Told);
        Groups = new EksNodegroups(connection, Access, Told);
    }

    public SandboxHost Host { get; }

    public SandboxEks Eks => Host.Eks!;

    public ClusterConnection Connection { get; }

    public EksAccess Access { get; }

    public EksNodegroups Groups { get; }

    public RecordingNodepoolHost Told { get; } = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<LiveEks> StartAsync()
    {
        var settings = new DataPlaneSettings { Speed = 200, ReadyAfter = TimeSpan.FromSeconds(2), EndAfter = TimeSpan.FromSeconds(1) };
        var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", "1.33") { DataPlane = settings }, new SandboxClusterOptions("green", "1.34") { DataPlane = settings });
        return new LiveEks(host, await ConnectAsync(host, "blue"));
    }

    /// <summary>What leads to the sandbox's EKS, and nowhere else.</summary>
    public static AwsOptions Login(SandboxHost host) => new()
    {
        Region = host.Eks!.Settings.Region,
        EndpointUrl = host.Eks.Uri,
        Keys = new AwsKeys(host.Eks.Settings.AccessKeyId, new NetworkCredential("", host.Eks.Settings.SecretAccessKey).SecurePassword, null),
    };

    public static async Task<ClusterConnection> ConnectAsync(SandboxHost host, string name)
    {
        using var clusters = new ManagedClusters(Login(host), NullReporter.Instance);
        var managed = await clusters.GetAsync(name, Token);
        return await ClusterConnection.OpenAsync(new ClusterTarget(null, null) { Managed = managed }, new ConnectionOptions(), NullReporter.Instance, Token);
    }

    /// <summary>A node group of the sandbox, ACTIVE and with its nodes there.</summary>
    public async Task<Nodepool> MakeAsync(string name, int size, NodepoolShape? given = null)
    {
        var shape = await Groups.CompleteAsync(name, (given ?? new NodepoolShape()) with { MinSize = given?.MinSize ?? 1, MaxSize = given?.MaxSize ?? size + 2, DesiredSize = size, NodeRole = Eks.NodeRole("blue") }, null, Token);
        await Groups.CreateAsync(name, shape, null, Token);
        await Groups.WaitActiveAsync(name, Soon, Token);
        return (await Groups.FindAsync(name, Token))!;
    }

    /// <summary>Waits that look often.</summary>
    public static Engine.Nodepools.NodepoolWaitOptions Soon { get; } = new() { Interval = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromMinutes(2) };

    public async ValueTask DisposeAsync()
    {
        Access.Dispose();
        await Connection.DisposeAsync();
        await Host.DisposeAsync();
    }
}
