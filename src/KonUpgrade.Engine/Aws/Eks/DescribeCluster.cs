namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>DescribeCluster: GET /clusters/{name}.</summary>
internal static class DescribeCluster
{
    public static EksCall Call(string name) => new("DescribeCluster", "describe") { Method = "GET", Path = "/{name}", ClusterName = name };
}

internal sealed record DescribeClusterResponse
{
    public Cluster Cluster { get; init; } = new();
}
