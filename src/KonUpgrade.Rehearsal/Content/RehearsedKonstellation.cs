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

    /// <inheritdoc/>
    public override Entrance Entrance { get; } = new("shop.example.com", "kon-ingress");

    // As kon has made them for green.
    /// <inheritdoc/>
    public override Task PrepareAsync(SandboxHost sandbox, CancellationToken cancellationToken)
    {
        foreach (var role in KonstellationCluster.RolesOf("green"))
            sandbox.Iam!.Add(new IamRole(role));
        Entrance.Lead(sandbox, "blue");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override SandboxOptions Simulation(string blueVersion, string greenVersion) => new()
    {
        Identity = "rehearsal",
        Clusters = [new("blue", blueVersion) { HasLoadBalancers = true }, new("green", greenVersion) { HasLoadBalancers = true }],
        Dns = Entrance.Dns,
    };

    /// <inheritdoc/>
    public override IReadOnlyList<ClusterObject> OnBlue(SandboxCluster blue) => [.. OnGreen(blue), .. KonstellationCluster.Shop()];

    /// <inheritdoc/>
    public override IReadOnlyList<ClusterObject> OnGreen(SandboxCluster green) => [.. KonstellationCrds.All, .. KonstellationCluster.Installed(green.Name, green.Version.TrimStart('v')), Entrance.On(green)];

    /// <inheritdoc/>
    public override UpgradePlanOptions PlanOptions(SandboxHost sandbox) => new() { Name = "rehearsal", Setting = Entrance.Setting(sandbox) };

    /// <inheritdoc/>
    protected override string? LackOnGreen(SandboxHost sandbox) =>
        sandbox.Cluster("green").Count(KonstellationCrds.Group, "apps") == sandbox.Cluster("blue").Count(KonstellationCrds.Group, "apps") ? null : "Not every app is on green.";
}
