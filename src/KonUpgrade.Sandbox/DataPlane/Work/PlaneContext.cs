using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Clocks;
using KonUpgrade.Sandbox.DataPlane.Disruptions;

namespace KonUpgrade.Sandbox.DataPlane.Work;

/// <summary>What the controllers of a data plane share.</summary>
internal sealed class PlaneContext(SimulatedCluster cluster, PlaneCaches caches, SimulationClock clock, DisruptionLog disruptions)
{
    private DataPlaneSettings _settings = new();

    public SimulatedCluster Cluster { get; } = cluster;

    public PlaneCaches Caches { get; } = caches;

    public SimulationClock Clock { get; } = clock;

    public Alarms Alarms { get; } = new();

    public DisruptionLog Disruptions { get; } = disruptions;

    public PlaneWrites Writes { get; } = new(cluster, disruptions);

    /// <summary>For whom the change was made that the caches take just now.</summary>
    public DisruptionCause CauseOfChange { get; set; }

    public DateTimeOffset Now => Clock.Now;

    public DataPlaneSettings Settings
    {
        get => Volatile.Read(ref _settings);
        set => Volatile.Write(ref _settings, value);
    }

    public void Log(string text) => Cluster.Settings.Log.WriteLine($"{Cluster.Name}: {text}");
}
