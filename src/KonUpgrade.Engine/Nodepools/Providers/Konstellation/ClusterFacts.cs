using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Nodepools.Providers.Konstellation;

/// <summary>What a ClusterConfig tells that new pools are made with.</summary>
/// <param name="NodeRole">The ARN of the nodes' role; null where it tells none.</param>
/// <param name="Subnets">The subnets of nodes: the private ones where the cluster has such (topology public_private).</param>
/// <param name="SecurityGroups">The groups from which SSH is let in.</param>
internal sealed record ClusterFacts(string? NodeRole, IReadOnlyList<string> Subnets, IReadOnlyList<string> SecurityGroups)
{
    /// <summary>A cluster of which nothing is told.</summary>
    public static ClusterFacts None { get; } = new(null, [], []);

    /// <summary>Reads a ClusterConfig.</summary>
    public static ClusterFacts Read(KubernetesObject config)
    {
        var aws = config.Root.Member("status"u8).Member("aws"u8);
        var subnets = config.Root.Member("spec"u8).Member("aws"u8).Text("topology") == "public_private" ? "privateSubnets" : "publicSubnets";
        return new ClusterFacts(
            aws.Text("nodeRoleArn") is { Length: > 0 } role ? role : null,
            [.. aws.Objects(subnets).Select(subnet => subnet.Text("subnetId")).OfType<string>().Where(id => id.Length > 0)],
            [.. aws.Texts("securityGroups").Where(id => id.Length > 0)]);
    }
}
