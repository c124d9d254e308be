using System.Text.Json.Serialization;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>CreateNodegroup: POST /clusters/{name}/node-groups.</summary>
public sealed record CreateNodegroupRequest
{
    /// <summary>The cluster's name.</summary>
    [JsonIgnore]
    public required string ClusterName { get; init; }

    /// <summary>The name of the group: letters, digits, hyphens and underscores.</summary>
    public required string NodegroupName { get; init; }

    /// <summary>The subnets.</summary>
    public required IReadOnlyList<string> Subnets { get; init; }

    /// <summary>The role of its nodes.</summary>
    public required string NodeRole { get; init; }

    /// <summary>How many nodes.</summary>
    public NodegroupScalingConfig? ScalingConfig { get; init; }

    /// <summary>The size of a node's root disk in GiB; not with a launch template.</summary>
    public int? DiskSize { get; init; }

    /// <summary>The instance types; not where the launch template names one.</summary>
    public IReadOnlyList<string>? InstanceTypes { get; init; }

    /// <summary>The kind of image; <c>CUSTOM</c> where the launch template names one.</summary>
    public string? AmiType { get; init; }

    /// <summary>Access by SSH; not with a launch template.</summary>
    public RemoteAccessConfig? RemoteAccess { get; init; }

    /// <summary>The labels of its nodes.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The taints of its nodes.</summary>
    public IReadOnlyList<Taint>? Taints { get; init; }

    /// <summary>The tags of the group itself.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>
    /// What makes the call one and the same when it is sent again; a step of an upgrade gives its own, so that a process
    /// that was killed makes no second group.
    /// </summary>
    public string ClientRequestToken { get; init; } = Guid.NewGuid().ToString();

    /// <summary>The launch template.</summary>
    public LaunchTemplateSpecification? LaunchTemplate { get; init; }

    /// <summary>How its updates go.</summary>
    public NodegroupUpdateConfig? UpdateConfig { get; init; }

    /// <summary>Whether the service repairs its nodes.</summary>
    public NodeRepairConfig? NodeRepairConfig { get; init; }

    /// <summary>The capacity type; on demand unless said.</summary>
    public string? CapacityType { get; init; }

    /// <summary>The minor version of Kubernetes: the cluster's own is the only one that the service takes.</summary>
    public string? Version { get; init; }

    /// <summary>The version of the image.</summary>
    public string? ReleaseVersion { get; init; }

    internal EksCall Call() => new("CreateNodegroup", "create")
    {
        Method = "POST",
        Path = "/{name}/node-groups",
        ClusterName = ClusterName,
        NodegroupName = NodegroupName,
        Body = this,
        Creates = true,
    };
}
