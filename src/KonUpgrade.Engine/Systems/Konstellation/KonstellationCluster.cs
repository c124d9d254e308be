using Amazon;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Systems.Konstellation;

/// <summary>What a cluster's ClusterConfig tells about it.</summary>
internal sealed record KonstellationCluster
{
    /// <summary>The cluster's name.</summary>
    public required string Name { get; init; }

    /// <summary>The AWS region, or null where the ClusterConfig does not tell.</summary>
    public string? Region { get; init; }

    /// <summary>The number of the AWS account, from the ARNs of the cluster's roles; null where its status has none yet.</summary>
    public string? AccountId { get; init; }

    /// <summary>The partition: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>.</summary>
    public string Partition { get; init; } = "aws";

    /// <summary>The targets; each has a namespace of its name.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Reads a ClusterConfig.</summary>
    public static KonstellationCluster Read(KubernetesObject clusterConfig)
    {
        var spec = clusterConfig.Root.Member("spec"u8);
        var roles = clusterConfig.Root.Member("status"u8).Member("aws"u8);
        Arn? role = null;
        foreach (var name in new[] { "adminRoleArn", "nodeRoleArn", "albRoleArn" })
        {
            if (role is null && roles.Text(name) is { } text && Arn.TryParse(text, out var arn) && arn.AccountId.Length > 0)
                role = arn;
        }
        return new KonstellationCluster
        {
            Name = clusterConfig.Name,
            Region = spec.Text("region") is { Length: > 0 } region ? region : null,
            AccountId = role?.AccountId,
            Partition = role?.Partition ?? "aws",
            Targets = [.. spec.Texts("targets")],
        };
    }

    /// <summary>The name of the role that kon makes for a linked service account.</summary>
    public string RoleName(string account) => $"kon-{Name}-{account}";

    /// <summary>The ARN of that role; null where the account's number is not known.</summary>
    public string? RoleArn(string account) => AccountId is null ? null : $"arn:{Partition}:iam::{AccountId}:role/{RoleName(account)}";
}
