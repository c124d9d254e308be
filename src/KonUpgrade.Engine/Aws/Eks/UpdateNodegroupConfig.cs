using System.Text.Json.Serialization;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>UpdateNodegroupConfig: POST /clusters/{name}/node-groups/{nodegroupName}/update-config. What is null stays as it is.</summary>
public sealed record UpdateNodegroupConfigRequest
{
    /// <summary>The cluster's name.</summary>
    [JsonIgnore]
    public required string ClusterName { get; init; }

    /// <summary>The group's name.</summary>
    [JsonIgnore]
    public required string NodegroupName { get; init; }

    /// <summary>Labels to set and to take away.</summary>
    public UpdateLabelsPayload? Labels { get; init; }

    /// <summary>Taints to set and to take away.</summary>
    public UpdateTaintsPayload? Taints { get; init; }

    /// <summary>How many nodes.</summary>
    public NodegroupScalingConfig? ScalingConfig { get; init; }

    /// <summary>How its updates go.</summary>
    public NodegroupUpdateConfig? UpdateConfig { get; init; }

    /// <summary>Whether the service repairs its nodes.</summary>
    public NodeRepairConfig? NodeRepairConfig { get; init; }

    /// <summary>What makes the call one and the same when it is sent again.</summary>
    public string ClientRequestToken { get; init; } = Guid.NewGuid().ToString();

    internal EksCall Call() => new("UpdateNodegroupConfig", "change")
    {
        Method = "POST",
        Path = "/{name}/node-groups/{nodegroupName}/update-config",
        ClusterName = ClusterName,
        NodegroupName = NodegroupName,
        Body = this,
    };
}

/// <summary>Changes of labels.</summary>
public sealed record UpdateLabelsPayload
{
    /// <summary>Labels that are set.</summary>
    public IReadOnlyDictionary<string, string>? AddOrUpdateLabels { get; init; }

    /// <summary>Keys of labels that go.</summary>
    public IReadOnlyList<string>? RemoveLabels { get; init; }
}

/// <summary>Changes of taints.</summary>
public sealed record UpdateTaintsPayload
{
    /// <summary>Taints that are set.</summary>
    public IReadOnlyList<Taint>? AddOrUpdateTaints { get; init; }

    /// <summary>Taints that go.</summary>
    public IReadOnlyList<Taint>? RemoveTaints { get; init; }
}
