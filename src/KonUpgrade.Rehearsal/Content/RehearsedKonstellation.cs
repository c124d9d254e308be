using KonUpgrade.Engine.Nodepools.Providers;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Hosting;
using KonUpgrade.Sandbox.Iam;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>A Konstellation cluster with a shop on it, whose operator lives, with a node pool, and load balancers for its Ingresses.</summary>
internal sealed class RehearsedKonstellation : RehearsedSystem
{
    private const string TestHost = "try.example.com";

    private static readonly DataPlaneSettings s_life = new() { Speed = Speed, ReadyAfter = TimeSpan.FromSeconds(2), EndAfter = TimeSpan.FromSeconds(1) };

    /// <inheritdoc/>
    public override string Name => "Konstellation";

    /// <inheritdoc/>
    public override string Words => "A Konstellation cluster";

    // The operator makes one Ingress for each target, under its name.
    /// <inheritdoc/>
    public override Entrance Entrance { get; } = new("shop.example.com", "production");

    // Green's roles and configuration as kon has made them; and blue's nodes.
    /// <inheritdoc/>
    public override async Task PrepareAsync(SandboxHost sandbox, CancellationToken cancellationToken)
    {
        foreach (var role in KonstellationCluster.RolesOf("green"))
            sandbox.Iam!.Add(new IamRole(role));
        foreach (var cluster in sandbox.Clusters)
            SimulatedClusters.Furnish(cluster, [.. KonstellationCrds.All, KonstellationCluster.Config(cluster.Name, cluster.Version.TrimStart('v'), sandbox.Eks!.NodeRole(cluster.Name), sandbox.Eks.SubnetIds(cluster.Name))]);
        await using var blue = await SimulatedClusters.ConnectAsync(sandbox, Blue, IsOnEks, cancellationToken);
        using var pools = await NodepoolProviders.OpenAsync(blue, new NodepoolSource { Aws = SimulatedClusters.LoginOf(sandbox) }, NullReporter.Instance, cancellationToken);
        var keeper = pools.Keeper!;
        var given = new NodepoolShape { MinSize = 2, MaxSize = 6, DesiredSize = 3, InstanceType = ["m5.2xlarge"] };
        await keeper.CreateAsync(KonstellationCluster.Pool, await keeper.CompleteAsync(KonstellationCluster.Pool, given, null, cancellationToken), null, cancellationToken);
    }

    /// <inheritdoc/>
    public override SandboxOptions Simulation(string blueVersion, string greenVersion) => new()
    {
        Identity = "rehearsal",
        Clusters =
        [
            new("blue", blueVersion) { DataPlane = s_life, HasLoadBalancers = true },
            new("green", greenVersion) { DataPlane = s_life, HasLoadBalancers = true },
        ],
        Dns = Entrance.Dns,
    };

    /// <inheritdoc/>
    public override IReadOnlyList<ClusterObject> OnBlue(SandboxCluster blue) => [.. KonstellationCluster.Installed(), .. KonstellationCluster.Shop()];

    /// <inheritdoc/>
    public override IReadOnlyList<ClusterObject> OnGreen(SandboxCluster green) => [.. KonstellationCluster.Installed()];

    /// <inheritdoc/>
    public override bool IsOnEks => true;

    /// <inheritdoc/>
    public override UpgradePlanOptions PlanOptions(SandboxHost sandbox)
    {
        var setting = Entrance.Setting(sandbox);
        setting["traffic"] = new Dictionary<string, string>(setting["traffic"]) { ["weights"] = "5,25,100", ["soak"] = "500ms", ["probeInterval"] = "100ms" };
        setting["nodepools"] = new Dictionary<string, string> { ["pools"] = "*", ["interval"] = "100ms", ["timeout"] = "1m" };
        setting["volumes"] = new Dictionary<string, string> { ["timeout"] = "20s" };
        setting["health"] = new Dictionary<string, string> { ["timeout"] = "30s" };
        setting["as-well"] = new Dictionary<string, string> { ["timeout"] = "30s" };
        setting["test-host"] = new Dictionary<string, string> { ["testHost"] = TestHost };
        return new() { Name = "rehearsal", Setting = setting };
    }

    /// <inheritdoc/>
    protected override bool IsServing(SandboxCluster cluster) => KonstellationCluster.IsRunning(cluster);

    /// <inheritdoc/>
    protected override string? LackOnGreen(SandboxHost sandbox)
    {
        if (!IsServing(sandbox.Cluster("green")))
            return "Not every app runs on green.";
        return Entrance.Records(sandbox, TestHost).Count > 0 ? $"{TestHost} is still there." : null;
    }
}
