using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>DescribeClusterVersions: GET /cluster-versions.</summary>
internal static class DescribeClusterVersions
{
    public static EksCall Call(string? nextToken) => new("DescribeClusterVersions", "describe the versions of")
    {
        Method = "GET",
        Root = "/cluster-versions",
        Path = "",
        Query = [("maxResults", "100"), ("nextToken", nextToken)],
    };
}

internal sealed record DescribeClusterVersionsResponse : IRestJsonPage<ClusterVersionInformation>
{
    public IReadOnlyList<ClusterVersionInformation> ClusterVersions { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<ClusterVersionInformation> IRestJsonPage<ClusterVersionInformation>.Items => ClusterVersions;
}
