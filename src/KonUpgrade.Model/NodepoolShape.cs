namespace KonUpgrade.Model;

/// <summary>
/// How a pool is made: what Get-Nodepool tells of one, and what New-Nodepool is asked for. What is null is not said: told of
/// a pool, its provider does not know it; asked for, it is as the pool that is copied has it, or as the provider chooses.
/// </summary>
public sealed record NodepoolShape
{
    /// <summary>The fewest nodes.</summary>
    public int? MinSize { get; init; }

    /// <summary>The most nodes; of a suspended pool, those that it could have before.</summary>
    public int? MaxSize { get; init; }

    /// <summary>How many nodes it is to have now; an autoscaler changes it.</summary>
    public int? DesiredSize { get; init; }

    /// <summary>The instance types, the preferred one first.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string>? InstanceType { get; init => field = value?.ToArray(); }

    /// <summary>The AMI family: <c>AL2023_x86_64_STANDARD</c>, <c>BOTTLEROCKET_x86_64</c>, <c>CUSTOM</c>.</summary>
    public string? AmiType { get; init; }

    /// <summary><c>ON_DEMAND</c>, <c>SPOT</c> or <c>CAPACITY_BLOCK</c>.</summary>
    public string? CapacityType { get; init; }

    /// <summary>The size of a node's root disk in GiB.</summary>
    public int? DiskSize { get; init; }

    /// <summary>The ARN of the role of its nodes.</summary>
    public string? NodeRole { get; init; }

    /// <summary>The subnets.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string>? Subnet { get; init => field = value?.ToArray(); }

    /// <summary>The minor version of its kubelets: <c>1.33</c>.</summary>
    public string? Version { get; init; }

    /// <summary>The version of its image.</summary>
    public string? ReleaseVersion { get; init; }

    /// <summary>The labels of its nodes.</summary>
    public IReadOnlyDictionary<string, string>? Label { get; init; }

    /// <summary>The taints of its nodes.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<NodepoolTaint>? Taint { get; init => field = value?.ToArray(); }

    /// <summary>The tags of the pool itself.</summary>
    public IReadOnlyDictionary<string, string>? Tag { get; init; }

    /// <summary>The id of its launch template.</summary>
    public string? LaunchTemplateId { get; init; }

    /// <summary>The name of its launch template.</summary>
    public string? LaunchTemplateName { get; init; }

    /// <summary>The version of its launch template.</summary>
    public string? LaunchTemplateVersion { get; init; }

    /// <summary>The key pair for SSH to its nodes.</summary>
    public string? Ec2SshKey { get; init; }

    /// <summary>The security groups from which SSH is let in.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string>? SourceSecurityGroup { get; init => field = value?.ToArray(); }

    /// <summary>How many nodes may be away at once while it is updated.</summary>
    public int? MaxUnavailable { get; init; }

    /// <summary>Which part of the nodes may be away at once while it is updated, in percent.</summary>
    public int? MaxUnavailablePercentage { get; init; }

    /// <summary><c>DEFAULT</c> (new nodes first) or <c>MINIMAL</c> (old nodes first).</summary>
    public string? UpdateStrategy { get; init; }

    /// <summary>Whether the provider repairs its nodes.</summary>
    public bool? NodeRepair { get; init; }

    /// <summary>Whether a launch template is named.</summary>
    internal bool HasTemplate => LaunchTemplateId is not null || LaunchTemplateName is not null;
}

/// <summary>A taint, as Kubernetes writes it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; null for none.</param>
/// <param name="Effect"><c>NoSchedule</c>, <c>NoExecute</c> or <c>PreferNoSchedule</c>.</param>
public sealed record NodepoolTaint(string Key, string? Value, string Effect)
{
    /// <inheritdoc/>
    public override string ToString() => string.IsNullOrEmpty(Value) ? $"{Key}:{Effect}" : $"{Key}={Value}:{Effect}";
}
