using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Providers.Eks;

/// <summary>How a pool is made, in the words of EKS and in ours.</summary>
internal static class NodegroupShape
{
    private static readonly (string Eks, string Kubernetes)[] s_effects =
    [
        ("NO_SCHEDULE", "NoSchedule"),
        ("NO_EXECUTE", "NoExecute"),
        ("PREFER_NO_SCHEDULE", "PreferNoSchedule"),
    ];

    /// <summary>What a node group tells.</summary>
    public static NodepoolShape Of(Nodegroup group) => new()
    {
        MinSize = group.ScalingConfig?.MinSize,
        MaxSize = NodegroupHold.MaxSizeBefore(group) ?? group.ScalingConfig?.MaxSize,
        DesiredSize = group.ScalingConfig?.DesiredSize,
        InstanceType = group.InstanceTypes,
        AmiType = group.AmiType,
        CapacityType = group.CapacityType,
        DiskSize = group.DiskSize,
        NodeRole = group.NodeRole,
        Subnet = group.Subnets,
        Version = group.Version,
        ReleaseVersion = group.ReleaseVersion,
        Label = group.Labels.Where(label => !NodegroupHold.IsOurs(label.Key)).ToDictionary(label => label.Key, label => label.Value, StringComparer.Ordinal),
        Taint = [.. group.Taints.Select(Of)],
        Tag = group.Tags,
        LaunchTemplateId = group.LaunchTemplate?.Id,
        LaunchTemplateName = group.LaunchTemplate?.Name,
        LaunchTemplateVersion = group.LaunchTemplate?.Version,
        Ec2SshKey = group.RemoteAccess?.Ec2SshKey,
        SourceSecurityGroup = group.RemoteAccess?.SourceSecurityGroups,
        MaxUnavailable = NodegroupHold.MaxUnavailableBefore(group) ?? group.UpdateConfig?.MaxUnavailable,
        MaxUnavailablePercentage = group.UpdateConfig?.MaxUnavailablePercentage,
        UpdateStrategy = group.UpdateConfig?.UpdateStrategy,
        NodeRepair = group.NodeRepairConfig?.Enabled,
    };

    /// <summary>The call that makes a node group of a shape.</summary>
    public static CreateNodegroupRequest Request(string cluster, string name, NodepoolShape shape, string? token)
    {
        var request = new CreateNodegroupRequest
        {
            ClusterName = cluster,
            NodegroupName = name,
            Subnets = shape.Subnet ?? [],
            NodeRole = shape.NodeRole ?? "",
            ScalingConfig = Scaling(shape.MinSize, shape.MaxSize, shape.DesiredSize),
            DiskSize = shape.DiskSize,
            InstanceTypes = NotEmpty(shape.InstanceType),
            AmiType = shape.AmiType,
            RemoteAccess = shape.Ec2SshKey is null && NotEmpty(shape.SourceSecurityGroup) is null
                ? null
                : new RemoteAccessConfig { Ec2SshKey = shape.Ec2SshKey, SourceSecurityGroups = NotEmpty(shape.SourceSecurityGroup) },
            Labels = shape.Label is { Count: > 0 } ? shape.Label : null,
            Taints = shape.Taint is { Count: > 0 } taints ? [.. taints.Select(Of)] : null,
            Tags = shape.Tag is { Count: > 0 } ? shape.Tag : null,
            LaunchTemplate = Template(shape.LaunchTemplateId, shape.LaunchTemplateName, shape.LaunchTemplateVersion),
            UpdateConfig = Updating(shape.MaxUnavailable, shape.MaxUnavailablePercentage, shape.UpdateStrategy),
            NodeRepairConfig = shape.NodeRepair is { } repair ? new NodeRepairConfig { Enabled = repair } : null,
            CapacityType = shape.CapacityType,
            Version = shape.Version,
            ReleaseVersion = shape.ReleaseVersion,
        };
        return token is null ? request : request with { ClientRequestToken = token };
    }

    /// <summary>The call that changes how a node group is made.</summary>
    public static UpdateNodegroupConfigRequest Request(string cluster, string name, NodepoolConfiguration change) => new()
    {
        ClusterName = cluster,
        NodegroupName = name,
        ScalingConfig = Scaling(change.MinSize, change.MaxSize, change.DesiredSize),
        Labels = change.Label is { Count: > 0 } || change.RemoveLabel is { Count: > 0 }
            ? new UpdateLabelsPayload { AddOrUpdateLabels = change.Label is { Count: > 0 } ? change.Label : null, RemoveLabels = NotEmpty(change.RemoveLabel) }
            : null,
        Taints = change.Taint is { Count: > 0 } || change.RemoveTaint is { Count: > 0 }
            ? new UpdateTaintsPayload { AddOrUpdateTaints = All(change.Taint), RemoveTaints = All(change.RemoveTaint) }
            : null,
        UpdateConfig = Updating(change.MaxUnavailable, change.MaxUnavailablePercentage, change.UpdateStrategy),
        NodeRepairConfig = change.NodeRepair is { } repair ? new NodeRepairConfig { Enabled = repair } : null,
    };

    /// <summary>The call that replaces a node group's nodes by ones of another version.</summary>
    public static UpdateNodegroupVersionRequest Request(string cluster, string name, NodepoolVersion version) => new()
    {
        ClusterName = cluster,
        NodegroupName = name,
        Version = version.Version,
        ReleaseVersion = version.ReleaseVersion,
        LaunchTemplate = Template(version.LaunchTemplateId, version.LaunchTemplateName, version.LaunchTemplateVersion),
        Force = version.Force ? true : null,
    };

    private static NodegroupScalingConfig? Scaling(int? min, int? max, int? desired) =>
        min is null && max is null && desired is null ? null : new NodegroupScalingConfig { MinSize = min, MaxSize = max, DesiredSize = desired };

    private static NodegroupUpdateConfig? Updating(int? unavailable, int? percentage, string? strategy) =>
        unavailable is null && percentage is null && strategy is null
            ? null
            : new NodegroupUpdateConfig { MaxUnavailable = unavailable, MaxUnavailablePercentage = percentage, UpdateStrategy = strategy };

    // The service takes the id or the name, never both.
    private static LaunchTemplateSpecification? Template(string? id, string? name, string? version) =>
        id is null && name is null ? null : new LaunchTemplateSpecification { Id = id, Name = id is null ? name : null, Version = version };

    private static IReadOnlyList<Taint>? All(IReadOnlyList<NodepoolTaint>? taints) => taints is { Count: > 0 } ? [.. taints.Select(Of)] : null;

    private static IReadOnlyList<string>? NotEmpty(IReadOnlyList<string>? list) => list is { Count: > 0 } ? list : null;

    // An effect that is not known here goes through as it is, either way.
    private static NodepoolTaint Of(Taint taint) => new(taint.Key ?? "", taint.Value, s_effects.FirstOrDefault(pair => pair.Eks == taint.Effect).Kubernetes ?? taint.Effect ?? "");

    private static Taint Of(NodepoolTaint taint) => new()
    {
        Key = taint.Key,
        Value = taint.Value,
        Effect = s_effects.FirstOrDefault(pair => pair.Kubernetes == taint.Effect).Eks ?? taint.Effect,
    };
}
