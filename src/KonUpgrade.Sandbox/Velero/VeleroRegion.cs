using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Clocks;
using KonUpgrade.Sandbox.Velero.Buckets;
using KonUpgrade.Sandbox.Velero.Server;

namespace KonUpgrade.Sandbox.Velero;

/// <summary>What the Velero servers of all clusters share: the clock, the object storage, and what goes wrong.</summary>
internal sealed class VeleroRegion : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly List<VeleroServer> _servers = [];
    private VeleroSettings _settings;

    public VeleroRegion(VeleroSettings settings, string accountId, TextWriter log)
    {
        _settings = settings;
        AccountId = accountId;
        Clock.Speed = settings.Speed;
        Loop = new VeleroLoop(Clock, log);
        foreach (string bucket in settings.Buckets) Storage.Make(bucket);
    }

    public SimulationClock Clock { get; } = new();

    public VeleroLoop Loop { get; }

    public ObjectStorage Storage { get; } = new();

    public UrlSigning Signing { get; } = new();

    public VeleroTroubles Troubles { get; } = new();

    public string AccountId { get; }

    /// <summary>Where the object storage is served.</summary>
    public Uri StorageUri { get; set; } = new("http://127.0.0.1");

    public DateTimeOffset Now => Clock.Now;

    public VeleroSettings Settings
    {
        get => Volatile.Read(ref _settings);
        set
        {
            Volatile.Write(ref _settings, value);
            Clock.Speed = value.Speed;
            foreach (string bucket in value.Buckets) Storage.Make(bucket);
            // The loop sleeps for as long as the clock's old speed made it.
            Loop.Post(static () => { });
        }
    }

    public IReadOnlyList<VeleroServer> Servers
    {
        get { lock (_gate) return [.. _servers]; }
    }

    /// <summary>Lays Velero into a cluster and lets its server work.</summary>
    /// <exception cref="SandboxException">It is there already, or the cluster refuses an object of it.</exception>
    public void Install(SimulatedCluster cluster, VeleroInstallation installation)
    {
        VeleroServer server;
        lock (_gate)
        {
            if (_servers.Exists(other => other.Cluster == cluster)) throw new SandboxException($"{cluster.Name} has a Velero already.");
            server = new VeleroServer(this, cluster, installation);
            _servers.Add(server);
        }
        Storage.Make(installation.Bucket);
        Loop.Start();
        try
        {
            server.Start();
        }
        catch (SandboxException)
        {
            lock (_gate) _servers.Remove(server);
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (VeleroServer server in Servers) server.Leave();
        return Loop.DisposeAsync();
    }
}
