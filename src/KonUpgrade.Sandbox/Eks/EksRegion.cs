using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Iam;

namespace KonUpgrade.Sandbox.Eks;

/// <summary>The region: its clusters, and what the account has. Everything in it changes under its gate.</summary>
internal sealed class EksRegion(EksSettings settings, FaultPlan faults)
{
    private readonly List<EksCluster> _clusters = [];

    /// <summary>Held for a moment by whoever reads or changes clusters, node groups and updates.</summary>
    public object Gate { get; } = new();

    public EksSettings Settings { get; set; } = settings;

    public FaultPlan Faults { get; } = faults;

    public Troubles Troubles { get; } = new();

    /// <summary>The account's IAM, where there is one.</summary>
    public IamAccount? Iam { get; set; }

    public IReadOnlyList<EksCluster> Clusters => _clusters;

    public EksCluster? Find(string name) => _clusters.Find(cluster => cluster.Name == name);

    public void Add(EksCluster cluster) => _clusters.Add(cluster);

    public string Arn(string service, string resource) => $"arn:aws:{service}:{(service == "iam" ? string.Empty : Settings.Region)}:{Settings.AccountId}:{resource}";

    /// <summary>The ARN of a cluster's role for its nodes, which is there from the beginning.</summary>
    public string NodeRole(string cluster) => Arn("iam", $"role/{cluster}-node");

    public bool HasRole(string name) => Settings.Roles.Contains(name) || _clusters.Exists(cluster => name == $"{cluster.Name}-node" || name == $"{cluster.Name}-cluster") || Iam?.Has(name) == true;

    public EksLaunchTemplate? FindTemplate(string? id, string? name) => Settings.LaunchTemplates.FirstOrDefault(template => id is null ? template.Name == name : template.Id == id);

    /// <summary>The domain of the nodes' names.</summary>
    public string NodeDomain => Settings.Region == "us-east-1" ? "ec2.internal" : $"{Settings.Region}.compute.internal";
}
