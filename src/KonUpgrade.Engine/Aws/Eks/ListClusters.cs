using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>ListClusters: GET /clusters.</summary>
internal static class ListClusters
{
    public static EksCall Call(string? nextToken) => new("ListClusters", "list")
    {
        Method = "GET",
        Path = "",
        Query = [("maxResults", "100"), ("nextToken", nextToken)],
    };
}

internal sealed record ListClustersResponse : IRestJsonPage<string>
{
    public IReadOnlyList<string> Clusters { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<string> IRestJsonPage<string>.Items => Clusters;
}
