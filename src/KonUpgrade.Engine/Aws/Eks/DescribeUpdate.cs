namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>DescribeUpdate: GET /clusters/{name}/updates/{updateId}.</summary>
internal static class DescribeUpdate
{
    public static EksCall Call(string clusterName, string updateId, string? nodegroupName) => new("DescribeUpdate", "describe")
    {
        Method = "GET",
        Path = "/{name}/updates/{updateId}",
        ClusterName = clusterName,
        NodegroupName = nodegroupName,
        UpdateId = updateId,
        Query = [("nodegroupName", nodegroupName)],
    };
}

/// <summary>The answer of DescribeUpdate, and of the calls that begin one.</summary>
internal sealed record UpdateResponse
{
    public Update Update { get; init; } = new();
}
