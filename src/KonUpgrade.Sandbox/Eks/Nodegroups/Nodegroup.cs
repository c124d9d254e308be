using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.DataPlane;

namespace KonUpgrade.Sandbox.Eks.Nodegroups;

/// <summary>A managed node group: what was asked for, and what there is of it. Under the region's gate.</summary>
internal sealed class Nodegroup
{
    public required EksCluster Cluster { get; init; }

    public required string Name { get; init; }

    /// <summary>The last part of its ARN: two groups of one name, one after the other, are two groups.</summary>
    public string Uid { get; } = Guid.NewGuid().ToString();

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ModifiedAt { get; set; }

    public string Status { get; set; } = NodegroupStatus.Creating;

    public required string Version { get; set; }

    public required string ReleaseVersion { get; set; }

    public required string CapacityType { get; init; }

    public required int MinSize { get; set; }

    public required int MaxSize { get; set; }

    public required int DesiredSize { get; set; }

    /// <summary>Empty where the launch template names the type.</summary>
    public required IReadOnlyList<string> InstanceTypes { get; init; }

    public required IReadOnlyList<EksSubnet> Subnets { get; init; }

    public required string AmiType { get; init; }

    public required string NodeRole { get; init; }

    public required SortedDictionary<string, string> Labels { get; init; }

    /// <summary>With the effects of Kubernetes.</summary>
    public required List<NodeTaint> Taints { get; init; }

    /// <summary>GiB; null where the launch template says it.</summary>
    public required int? DiskSize { get; init; }

    public required UpdateConfig UpdateConfig { get; set; }

    public JsonObject? NodeRepairConfig { get; set; }

    public JsonObject? RemoteAccess { get; init; }

    public EksLaunchTemplate? LaunchTemplate { get; init; }

    public string? LaunchTemplateVersion { get; set; }

    public required SortedDictionary<string, string> Tags { get; init; }

    public List<Instance> Instances { get; } = [];

    /// <summary>Newest last.</summary>
    public List<EksUpdate> Updates { get; } = [];

    /// <summary>The update under way; null when there is none.</summary>
    public EksUpdate? Running => Updates.FindLast(update => update.IsRunning);

    public List<(string Code, string Message, IReadOnlyList<string> ResourceIds)> Issues { get; } = [];

    /// <summary>What machines that start now are made from: what the group tells, but during an update what it goes to.</summary>
    public required Make Make { get; set; }

    /// <summary>What an update has the Auto Scaling group keep beyond the desired size.</summary>
    public int Surge { get; set; }

    /// <summary>When the next machine starts; null when none is asked for.</summary>
    public DateTimeOffset? NextLaunch { get; set; }

    /// <summary>What a version update has come to; null without one.</summary>
    public VersionUpdate? VersionUpdate { get; set; }

    /// <summary>What the nodes that are there have still to get or lose.</summary>
    public List<NodeChange> NodeChanges { get; } = [];

    /// <summary>When a configuration update is done.</summary>
    public DateTimeOffset? ConfiguredAt { get; set; }

    /// <summary>When a deleted group has nothing left and is gone.</summary>
    public DateTimeOffset? GoneAt { get; set; }

    public string AutoScalingGroup => $"eks-{Name}-{Uid}";

    /// <summary>The type of its machines.</summary>
    public string MachineType => InstanceTypes.Count > 0 ? InstanceTypes[0] : LaunchTemplate?.InstanceType ?? "t3.medium";

    public IEnumerable<Instance> Staying => Instances.Where(instance => instance.Departure is null);

    /// <summary>The machines that the Auto Scaling group counts.</summary>
    public int Counted => Instances.Count(instance => instance.Departure is null or { Counted: true });

    /// <summary>Machines that the Auto Scaling group is to have now.</summary>
    public int Capacity => Status is NodegroupStatus.Deleting or NodegroupStatus.DeleteFailed ? 0 : DesiredSize + Surge;

    public void SetIssue(string code, string message, params string[] resourceIds)
    {
        Issues.Clear();
        Issues.Add((code, message, resourceIds));
    }

    public JsonObject ToJson() => new()
    {
        ["nodegroupName"] = Name,
        ["nodegroupArn"] = Cluster.Region.Arn("eks", $"nodegroup/{Cluster.Name}/{Name}/{Uid}"),
        ["clusterName"] = Cluster.Name,
        ["version"] = Version,
        ["releaseVersion"] = ReleaseVersion,
        ["createdAt"] = Wire.Time(CreatedAt),
        ["modifiedAt"] = Wire.Time(ModifiedAt),
        ["status"] = Status,
        ["capacityType"] = CapacityType,
        ["scalingConfig"] = new JsonObject { ["minSize"] = MinSize, ["maxSize"] = MaxSize, ["desiredSize"] = DesiredSize },
        // Fields without a value are there as null, as in the service's own answers.
        ["instanceTypes"] = InstanceTypes.Count == 0 ? null : Wire.List(InstanceTypes),
        ["subnets"] = Wire.List(Subnets.Select(subnet => subnet.Id)),
        ["remoteAccess"] = RemoteAccess?.DeepClone(),
        ["amiType"] = AmiType,
        ["nodeRole"] = NodeRole,
        ["labels"] = Wire.Map(Labels),
        ["taints"] = Taints.Count == 0 ? null : new JsonArray([.. Taints.Select(taint => (JsonNode?)Taint(taint))]),
        ["resources"] = new JsonObject
        {
            ["autoScalingGroups"] = new JsonArray(new JsonObject { ["name"] = AutoScalingGroup }),
            ["remoteAccessSecurityGroup"] = RemoteAccess is null ? null : Cluster.Id("sg", $"remote/{Name}"),
        },
        ["diskSize"] = DiskSize,
        ["health"] = new JsonObject
        {
            ["issues"] = new JsonArray([.. Issues.Select(issue => (JsonNode?)new JsonObject
            {
                ["code"] = issue.Code,
                ["message"] = issue.Message,
                ["resourceIds"] = Wire.List(issue.ResourceIds),
            })]),
        },
        ["updateConfig"] = UpdateConfig.ToJson(),
        ["nodeRepairConfig"] = NodeRepairConfig?.DeepClone(),
        ["launchTemplate"] = LaunchTemplate is null ? null : new JsonObject { ["name"] = LaunchTemplate.Name, ["version"] = LaunchTemplateVersion, ["id"] = LaunchTemplate.Id },
        ["tags"] = Wire.Map(Tags),
    };

    public static JsonObject Taint(NodeTaint taint) => new()
    {
        ["key"] = taint.Key,
        ["value"] = taint.Value.Length == 0 ? null : taint.Value,
        ["effect"] = taint.Effect switch { "NoSchedule" => "NO_SCHEDULE", "NoExecute" => "NO_EXECUTE", _ => "PREFER_NO_SCHEDULE" },
    };
}

/// <summary>How many nodes an update of the version takes at once.</summary>
internal sealed record UpdateConfig(int? MaxUnavailable, int? MaxUnavailablePercentage, string? Strategy)
{
    /// <summary>The most that the service takes at once.</summary>
    public const int Most = 100;

    public bool IsMinimal => Strategy == "MINIMAL";

    public int Of(int nodes)
    {
        int number = MaxUnavailable ?? (int)Math.Ceiling(nodes * (MaxUnavailablePercentage ?? 0) / 100.0);
        return Math.Clamp(number, 1, Most);
    }

    public JsonObject ToJson() => new()
    {
        ["maxUnavailable"] = MaxUnavailable,
        ["maxUnavailablePercentage"] = MaxUnavailablePercentage,
        ["updateStrategy"] = Strategy,
    };
}
