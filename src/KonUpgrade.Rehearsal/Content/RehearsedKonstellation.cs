using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Sandbox.Hosting;
using KonUpgrade.Sandbox.Iam;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>A Konstellation cluster with a shop on it.</summary>
internal sealed class RehearsedKonstellation : RehearsedSystem
{
    /// <inheritdoc/>
    public override string Name => "Konstellation";

    /// <inheritdoc/>
    public override string Words => "A Konstellation cluster";

    // As kon has made them for green.
    /// <inheritdoc/>
    public override Task PrepareAsync(SandboxHost sandbox, CancellationToken cancellationToken)
    {
        foreach (var role in KonstellationCluster.RolesOf("green"))
            sandbox.Iam!.Add(new IamRole(role));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override SandboxOptions Simulation(string blueVersion, string greenVersion) =>
        new() { Identity = "rehearsal", Clusters = [new("blue", blueVersion), new("green", greenVersion)] };

    /// <inheritdoc/>
    public override IReadOnlyList<ClusterObject> OnBlue(SandboxCluster blue) => [.. OnGreen(blue), .. KonstellationCluster.Shop()];

    /// <inheritdoc/>
    public override IReadOnlyList<ClusterObject> OnGreen(SandboxCluster green) => [.. KonstellationCrds.All, .. KonstellationCluster.Installed(green.Name, green.Version.TrimStart('v'))];

    /// <inheritdoc/>
    public override UpgradePlanOptions PlanOptions(SandboxHost sandbox) => new() { Name = "rehearsal" };

    /// <inheritdoc/>
    public override string? Lack(SandboxHost sandbox) =>
        sandbox.Cluster("green").Count(KonstellationCrds.Group, "apps") == sandbox.Cluster("blue").Count(KonstellationCrds.Group, "apps") ? null : "Not every app is on green.";
}
