using KonUpgrade.Sandbox.Hosting;
using KonUpgrade.Sandbox.Tests;

[assembly: AssemblyFixture(typeof(SandboxFixture))]

namespace KonUpgrade.Sandbox.Tests;

/// <summary>One sandbox for all tests that only need a namespace of their own.</summary>
public sealed class SandboxFixture : IAsyncLifetime
{
    private SandboxHost? _host;

    public SandboxHost Host => _host ?? throw new InvalidOperationException("The sandbox is not started.");

    public SandboxCluster Blue => Host.Cluster("blue");

    public SandboxCluster Old => Host.Cluster("old");

    public async ValueTask InitializeAsync() => _host = await SandboxHost.StartAsync(new SandboxOptions
    {
        Clusters = [new("blue", "1.32"), new("old", "1.21")],
        BookmarkInterval = TimeSpan.FromMilliseconds(200),
        EstablishDelay = TimeSpan.FromMilliseconds(20),
    });

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }
}
