using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Rehearsal;
using KonUpgrade.Rehearsal.Content;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Benchmarks.Upgrades.Scenes;

/// <summary>What is rehearsed: a whole system with all steps of its plan, the account's services among them.</summary>
internal abstract class RehearsedScene(RehearsedSystem system) : UpgradeScene
{
    /// <inheritdoc/>
    public override string SystemName => system.Name;

    /// <inheritdoc/>
    public override SandboxOptions Options => system.Simulation("1.32", "1.34");

    /// <inheritdoc/>
    public override bool IsOnEks => system.IsOnEks;

    /// <inheritdoc/>
    protected override UpgradePlanOptions PlanOptions(SandboxHost host) => system.PlanOptions(host);

    /// <inheritdoc/>
    protected override async Task FurnishAsync(SandboxHost host, CancellationToken cancellationToken)
    {
        await system.PrepareAsync(host, cancellationToken);
        SimulatedClusters.Furnish(host.Cluster("blue"), system.OnBlue(host.Cluster("blue")));
        SimulatedClusters.Furnish(host.Cluster("green"), system.OnGreen(host.Cluster("green")));
        if (system.Entrance is not null)
            await system.OpenAsync(host, cancellationToken);
    }
}
