using System.Text.Json.Serialization;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>UpdateNodegroupVersion: POST /clusters/{name}/node-groups/{nodegroupName}/update-version.</summary>
public sealed record UpdateNodegroupVersionRequest
{
    /// <summary>The cluster's name.</summary>
    [JsonIgnore]
    public required string ClusterName { get; init; }

    /// <summary>The group's name.</summary>
    [JsonIgnore]
    public required string NodegroupName { get; init; }

    /// <summary>The minor version of Kubernetes; null for the cluster's own.</summary>
    public string? Version { get; init; }

    /// <summary>The version of the image; null for the newest.</summary>
    public string? ReleaseVersion { get; init; }

    /// <summary>The launch template's new version.</summary>
    public LaunchTemplateSpecification? LaunchTemplate { get; init; }

    /// <summary>Whether pods that no budget lets go are ended by force.</summary>
    public bool? Force { get; init; }

    /// <summary>What makes the call one and the same when it is sent again.</summary>
    public string ClientRequestToken { get; init; } = Guid.NewGuid().ToString();

    internal EksCall Call() => new("UpdateNodegroupVersion", "update")
    {
        Method = "POST",
        Path = "/{name}/node-groups/{nodegroupName}/update-version",
        ClusterName = ClusterName,
        NodegroupName = NodegroupName,
        Body = this,
    };
}
