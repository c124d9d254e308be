using System.Collections;
using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>The parameters that say how a pool is made, on whichever command.</summary>
internal interface INodepoolShape
{
    /// <summary>The fewest nodes.</summary>
    int? MinSize { get; }

    /// <summary>The most nodes.</summary>
    int? MaxSize { get; }

    /// <summary>How many nodes it is to have now.</summary>
    int? DesiredSize { get; }

    /// <summary>The instance types, the preferred one first.</summary>
    string[]? InstanceType { get; }

    /// <summary>The kind of image.</summary>
    string? AmiType { get; }

    /// <summary>How its nodes are bought.</summary>
    string? CapacityType { get; }

    /// <summary>The size of a node's root disk in GiB.</summary>
    int? DiskSize { get; }

    /// <summary>The ARN of the role of its nodes.</summary>
    string? NodeRole { get; }

    /// <summary>The subnets.</summary>
    string[]? Subnet { get; }

    /// <summary>The minor version of its kubelets.</summary>
    string? Version { get; }

    /// <summary>The version of its image.</summary>
    string? ReleaseVersion { get; }

    /// <summary>The labels of its nodes.</summary>
    Hashtable? Label { get; }

    /// <summary>The taints of its nodes.</summary>
    NodepoolTaint[]? Taint { get; }

    /// <summary>The tags of the pool itself.</summary>
    Hashtable? Tag { get; }

    /// <summary>The id of the launch template.</summary>
    string? LaunchTemplateId { get; }

    /// <summary>The name of the launch template.</summary>
    string? LaunchTemplateName { get; }

    /// <summary>The version of the launch template.</summary>
    string? LaunchTemplateVersion { get; }

    /// <summary>The key pair for SSH to its nodes.</summary>
    string? Ec2SshKey { get; }

    /// <summary>The security groups from which SSH is let in.</summary>
    string[]? SourceSecurityGroup { get; }

    /// <summary>How many nodes may be away at once while it is updated.</summary>
    int? MaxUnavailable { get; }

    /// <summary>Which part of the nodes may be away at once while it is updated, in percent.</summary>
    int? MaxUnavailablePercentage { get; }

    /// <summary>Whether new nodes come first in an update, or old ones go first.</summary>
    string? UpdateStrategy { get; }

    /// <summary>Whether the provider repairs its nodes.</summary>
    SwitchParameter NodeRepair { get; }

    /// <summary>What was asked for; what was not is null.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="bound">Those that the command line gave.</param>
    static NodepoolShape Of(INodepoolShape parameters, IDictionary<string, object> bound) => new()
    {
        MinSize = parameters.MinSize,
        MaxSize = parameters.MaxSize,
        DesiredSize = parameters.DesiredSize,
        InstanceType = parameters.InstanceType,
        AmiType = parameters.AmiType,
        CapacityType = parameters.CapacityType,
        DiskSize = parameters.DiskSize,
        NodeRole = parameters.NodeRole,
        Subnet = parameters.Subnet,
        Version = parameters.Version,
        ReleaseVersion = parameters.ReleaseVersion,
        Label = parameters.Label is null ? null : ReturnedObject.Table(parameters.Label),
        Taint = parameters.Taint,
        Tag = parameters.Tag is null ? null : ReturnedObject.Table(parameters.Tag),
        LaunchTemplateId = parameters.LaunchTemplateId,
        LaunchTemplateName = parameters.LaunchTemplateName,
        LaunchTemplateVersion = parameters.LaunchTemplateVersion,
        Ec2SshKey = parameters.Ec2SshKey,
        SourceSecurityGroup = parameters.SourceSecurityGroup,
        MaxUnavailable = parameters.MaxUnavailable,
        MaxUnavailablePercentage = parameters.MaxUnavailablePercentage,
        UpdateStrategy = parameters.UpdateStrategy,
        NodeRepair = bound.ContainsKey(nameof(NodeRepair)) ? parameters.NodeRepair.IsPresent : null,
    };
}
