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
    protected override Task FurnishAsync(SandboxHost host, CancellationToken cancellationToken) => SimulatedClusters.LayAsync(system, host, cancellationToken);
}
