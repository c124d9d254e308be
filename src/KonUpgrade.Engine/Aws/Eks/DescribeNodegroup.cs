namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>DescribeNodegroup: GET /clusters/{name}/node-groups/{nodegroupName}.</summary>
internal static class DescribeNodegroup
{
    public static EksCall Call(string clusterName, string nodegroupName) => new("DescribeNodegroup", "describe")
    {
        Method = "GET",
        Path = "/{name}/node-groups/{nodegroupName}",
        ClusterName = clusterName,
        NodegroupName = nodegroupName,
    };
}

/// <summary>The answer of DescribeNodegroup, and of the calls that make and delete one.</summary>
internal sealed record NodegroupResponse
{
    public Nodegroup Nodegroup { get; init; } = new();
}
