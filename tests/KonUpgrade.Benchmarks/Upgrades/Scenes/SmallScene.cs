using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Benchmarks.Upgrades.Scenes;

/// <summary>Clusters of no system's own with a little of everything (<see cref="SmallContent"/>): mere API servers, so that nothing but the upgrade acts on them.</summary>
internal sealed class SmallScene : UpgradeScene
{
    public const string Name = "Kubernetes";

    /// <inheritdoc/>
    public override string SystemName => Name;

    /// <inheritdoc/>
    public override SandboxOptions Options => new() { Clusters = [new SandboxClusterOptions("blue", "1.32"), new SandboxClusterOptions("green", "1.34")] };

    /// <inheritdoc/>
    protected override string HandsOverBefore => "quiesce-blue";

    // Nothing has nodes here, so that nothing that runs could be well.
    /// <inheritdoc/>
    protected override UpgradePlanOptions PlanOptions(SandboxHost host) => new()
    {
        Omit = ["readiness", "health", "as-well"],
        Setting = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["quiesce-blue"] = new Dictionary<string, string> { ["interval"] = "50ms" } },
    };

    /// <inheritdoc/>
    protected override Task FurnishAsync(SandboxHost host, CancellationToken cancellationToken)
    {
        SmallContent.Lay(host.Cluster("blue"));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void Work(SandboxCluster blue) => SmallContent.Change(blue);
}
