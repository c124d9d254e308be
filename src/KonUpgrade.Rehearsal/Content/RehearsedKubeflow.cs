using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Hosting;
using KonUpgrade.Sandbox.Iam;
using KonUpgrade.Sandbox.Velero;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>A Kubeflow on AWS: stores that both clusters share, disks that Velero brings, and people's notebooks, models and schedules.</summary>
internal sealed class RehearsedKubeflow : RehearsedSystem
{
    private const string Vault = "before-green";
    private const int Nodes = 3;

    private static readonly Dictionary<string, string> s_soon = new() { ["timeout"] = "20s", ["interval"] = "100ms" };

    private static readonly DataPlaneSettings s_life = new() { Speed = Speed };

    /// <inheritdoc/>
    public override string Name => "KubeflowAws";

    /// <inheritdoc/>
    public override string Words => "A Kubeflow on AWS";

    /// <inheritdoc/>
    public override Entrance Entrance { get; } = new("kubeflow.example.com", "istio-ingress");

    /// <inheritdoc/>
    public override async Task PrepareAsync(SandboxHost sandbox, CancellationToken cancellationToken)
    {
        foreach (var cluster in sandbox.Clusters)
        {
            for (var number = 1; number <= Nodes; number++)
                await cluster.DataPlane!.AddNodeAsync(new NodeShape { Name = $"{cluster.Name}-{number}" }, cancellationToken);
        }

        foreach (var role in KubeflowCluster.Roles)
            sandbox.Iam!.Add(new IamRole(role));
    }

    // Green reads the bucket of Velero and writes nothing there, as long as both stand.
    /// <inheritdoc/>
    public override SandboxOptions Simulation(string blueVersion, string greenVersion) => new()
    {
        Identity = "rehearsal",
        Clusters =
        [
            new("blue", blueVersion) { DataPlane = s_life, HasLoadBalancers = true, Velero = new VeleroInstallation() },
            new("green", greenVersion) { DataPlane = s_life, HasLoadBalancers = true, Velero = new VeleroInstallation { AccessMode = "ReadOnly" } },
        ],
        Dns = Entrance.Dns,
        Velero = new VeleroSettings { Speed = Speed },
        Backup = new BackupSettings
        {
            Speed = Speed,
            Resources =
            [
                new($"arn:aws:s3:::{KubeflowCluster.Bucket}"),
                new($"arn:aws:rds:eu-central-1:{KubeflowCluster.Account}:db:{KubeflowCluster.Database}"),
                new($"arn:aws:elasticfilesystem:eu-central-1:{KubeflowCluster.Account}:file-system/{KubeflowCluster.FileSystem}"),
                .. KubeflowCluster.Profiles.Select(profile => new BackupResource($"arn:aws:ec2:eu-central-1:{KubeflowCluster.Account}:volume/{KubeflowCluster.Disk(profile)}")),
            ],
        },
    };

    /// <inheritdoc/>
    public override IReadOnlyList<ClusterObject> OnBlue(SandboxCluster blue) => [.. KubeflowCrds.All, .. KubeflowCluster.Installed(), .. KubeflowCluster.Users(), .. KubeflowCluster.Running(), Entrance.On(blue)];

    /// <inheritdoc/>
    public override IReadOnlyList<ClusterObject> OnGreen(SandboxCluster green) => [.. KubeflowCrds.All, .. KubeflowCluster.Installed(), .. KubeflowCluster.Running(), Entrance.On(green)];

    /// <inheritdoc/>
    public override UpgradePlanOptions PlanOptions(SandboxHost sandbox) => new()
    {
        Name = "rehearsal",
        Volume = VolumeHandling.Static,
        Setting = new Dictionary<string, IReadOnlyDictionary<string, string>>(Entrance.Setting(sandbox))
        {
            ["snapshot"] = new Dictionary<string, string>
            {
                ["vault"] = Vault,
                ["createVault"] = "true",
                ["role"] = sandbox.Backup!.RoleArn,
                ["databases"] = KubeflowCluster.Database,
                ["buckets"] = KubeflowCluster.Bucket,
                ["interval"] = "100ms",
            },
            ["stop-blue"] = s_soon,
            ["quiesce-blue"] = s_soon,
            ["volumes"] = new Dictionary<string, string> { ["timeout"] = "20s" },
            ["health"] = new Dictionary<string, string> { ["timeout"] = "20s" },
            ["as-well"] = new Dictionary<string, string> { ["timeout"] = "20s" },
        },
    };

    /// <inheritdoc/>
    protected override string? LackOnGreen(SandboxHost sandbox) =>
        sandbox.Cluster("green").Count("kubeflow.org", "notebooks") == sandbox.Cluster("blue").Count("kubeflow.org", "notebooks") ? null : "Not every notebook is on green.";
}
