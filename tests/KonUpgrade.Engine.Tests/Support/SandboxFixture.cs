using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;

[assembly: AssemblyFixture(typeof(SandboxFixture))]

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>
/// One sandbox for all tests that only need namespaces or names of their own: blue, green, and old, which has the APIs of
/// 1.21. A test that injects faults, compacts or counts everything starts its own with <see cref="StartAsync"/>.
/// </summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    private SandboxHost? _host;

    public SandboxHost Host => _host ?? throw new InvalidOperationException("The sandbox is not started.");

    /// <summary>A sandbox for one test alone.</summary>
    public static Task<SandboxHost> StartAsync(params SandboxClusterOptions[] clusters) => SandboxHost.StartAsync(Options(clusters));

    public static SandboxOptions Options(params SandboxClusterOptions[] clusters) => new()
    {
        Clusters = clusters.Length > 0 ? clusters : [new SandboxClusterOptions("blue", "1.33")],
        BookmarkInterval = TimeSpan.FromMilliseconds(200),
        EstablishDelay = TimeSpan.FromMilliseconds(20),
    };

    /// <summary>Connects to a context of a sandbox.</summary>
    public static Task<ClusterConnection> ConnectAsync(SandboxHost host, string context, ConnectionOptions? options = null, IReporter? reporter = null) =>
        ClusterConnection.OpenAsync(
            new ClusterTarget(context, host.KubeConfigPath), options ?? new ConnectionOptions(), reporter ?? NullReporter.Instance, TestContext.Current.CancellationToken);

    public Task<ClusterConnection> ConnectAsync(string context, ConnectionOptions? options = null, IReporter? reporter = null) =>
        ConnectAsync(Host, context, options, reporter);

    public async ValueTask InitializeAsync() => _host = await SandboxHost.StartAsync(
        Options(new SandboxClusterOptions("blue", "1.32"), new SandboxClusterOptions("green", "1.34"), new SandboxClusterOptions("old", "1.21")));

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }
}
