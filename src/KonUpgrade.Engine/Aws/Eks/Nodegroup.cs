namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>A managed node group, as DescribeNodegroup tells it.</summary>
public sealed record Nodegroup
{
    /// <summary>The name, unique in the cluster.</summary>
    public string NodegroupName { get; init; } = "";

    /// <summary>The ARN.</summary>
    public string? NodegroupArn { get; init; }

    /// <summary>The cluster's name.</summary>
    public string? ClusterName { get; init; }

    /// <summary>The minor version of its kubelets: <c>1.33</c>.</summary>
    public string? Version { get; init; }

    /// <summary>The version of its image, or of the launch template's AMI.</summary>
    public string? ReleaseVersion { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it was changed last.</summary>
    public DateTimeOffset? ModifiedAt { get; init; }

    /// <summary>The status: see <see cref="NodegroupStatus"/>.</summary>
    public string? Status { get; init; }

    /// <summary><c>ON_DEMAND</c>, <c>SPOT</c> or <c>CAPACITY_BLOCK</c>.</summary>
    public string? CapacityType { get; init; }

    /// <summary>How many nodes.</summary>
    public NodegroupScalingConfig? ScalingConfig { get; init; }

    /// <summary>The instance types; empty where the launch template names one.</summary>
    public IReadOnlyList<string> InstanceTypes { get; init; } = [];

    /// <summary>The subnets.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>Access by SSH, where it was asked for.</summary>
    public RemoteAccessConfig? RemoteAccess { get; init; }

    /// <summary>The kind of image: <c>AL2023_x86_64_STANDARD</c>.</summary>
    public string? AmiType { get; init; }

    /// <summary>The role of its nodes.</summary>
    public string? NodeRole { get; init; }

    /// <summary>The labels of its nodes.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The taints of its nodes.</summary>
    public IReadOnlyList<Taint> Taints { get; init; } = [];

    /// <summary>What the service made for it.</summary>
    public NodegroupResources? Resources { get; init; }

    /// <summary>The size of a node's root disk in GiB; absent with a launch template.</summary>
    public int? DiskSize { get; init; }

    /// <summary>What is wrong with it.</summary>
    public Health? Health { get; init; }

    /// <summary>How its updates go.</summary>
    public NodegroupUpdateConfig? UpdateConfig { get; init; }

    /// <summary>Whether the service repairs its nodes.</summary>
    public NodeRepairConfig? NodeRepairConfig { get; init; }

    /// <summary>The launch template, where it has one of its owner's.</summary>
    public LaunchTemplateSpecification? LaunchTemplate { get; init; }

    /// <summary>The tags of the group itself.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>Statuses of a node group that are known.</summary>
public static class NodegroupStatus
{
    /// <summary>It is being made.</summary>
    public const string Creating = "CREATING";

    /// <summary>It is as it should be.</summary>
    public const string Active = "ACTIVE";

    /// <summary>It is being changed.</summary>
    public const string Updating = "UPDATING";

    /// <summary>It is being deleted.</summary>
    public const string Deleting = "DELETING";

    /// <summary>It could not be made.</summary>
    public const string CreateFailed = "CREATE_FAILED";

    /// <summary>It could not be deleted.</summary>
    public const string DeleteFailed = "DELETE_FAILED";

    /// <summary>It is there, and something is wrong with it.</summary>
    public const string Degraded = "DEGRADED";
}

/// <summary>How many nodes a group has.</summary>
public sealed record NodegroupScalingConfig
{
    /// <summary>At least.</summary>
    public int? MinSize { get; init; }

    /// <summary>At most.</summary>
    public int? MaxSize { get; init; }

    /// <summary>As it should be now; an autoscaler changes it.</summary>
    public int? DesiredSize { get; init; }
}

/// <summary>How updates of a node group go: one of the two numbers.</summary>
public sealed record NodegroupUpdateConfig
{
    /// <summary>How many nodes may be away at once.</summary>
    public int? MaxUnavailable { get; init; }

    /// <summary>Which part of the nodes may be away at once, in percent.</summary>
    public int? MaxUnavailablePercentage { get; init; }

    /// <summary><c>DEFAULT</c> (new nodes first) or <c>MINIMAL</c> (old nodes first).</summary>
    public string? UpdateStrategy { get; init; }
}

/// <summary>What the service made for a node group.</summary>
public sealed record NodegroupResources
{
    /// <summary>The Auto Scaling groups.</summary>
    public IReadOnlyList<AutoScalingGroup> AutoScalingGroups { get; init; } = [];

    /// <summary>The security group for SSH.</summary>
    public string? RemoteAccessSecurityGroup { get; init; }
}

/// <summary>An Auto Scaling group.</summary>
public sealed record AutoScalingGroup
{
    /// <summary>The name.</summary>
    public string? Name { get; init; }
}

/// <summary>Access to nodes by SSH.</summary>
public sealed record RemoteAccessConfig
{
    /// <summary>The key pair's name.</summary>
    public string? Ec2SshKey { get; init; }

    /// <summary>The security groups that may.</summary>
    public IReadOnlyList<string>? SourceSecurityGroups { get; init; }
}

/// <summary>A launch template: by id or by name.</summary>
public sealed record LaunchTemplateSpecification
{
    /// <summary>The name.</summary>
    public string? Name { get; init; }

    /// <summary>The version; absent for the default one.</summary>
    public string? Version { get; init; }

    /// <summary>The id.</summary>
    public string? Id { get; init; }
}

/// <summary>A taint as EKS writes it, whose effects are spelt otherwise than Kubernetes' own.</summary>
public sealed record Taint
{
    /// <summary>The key.</summary>
    public string? Key { get; init; }

    /// <summary>The value.</summary>
    public string? Value { get; init; }

    /// <summary><c>NO_SCHEDULE</c>, <c>NO_EXECUTE</c> or <c>PREFER_NO_SCHEDULE</c>.</summary>
    public string? Effect { get; init; }
}

/// <summary>Whether, and how eagerly, the service repairs nodes.</summary>
public sealed record NodeRepairConfig
{
    /// <summary>Whether it does.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Above how many unhealthy nodes it stops.</summary>
    public int? MaxUnhealthyNodeThresholdCount { get; init; }

    /// <summary>Above which part of unhealthy nodes it stops, in percent.</summary>
    public int? MaxUnhealthyNodeThresholdPercentage { get; init; }

    /// <summary>How many nodes are repaired at once.</summary>
    public int? MaxParallelNodesRepairedCount { get; init; }

    /// <summary>Which part of the nodes is repaired at once, in percent.</summary>
    public int? MaxParallelNodesRepairedPercentage { get; init; }
}
