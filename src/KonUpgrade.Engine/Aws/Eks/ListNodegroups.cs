using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>ListNodegroups: GET /clusters/{name}/node-groups.</summary>
internal static class ListNodegroups
{
    public static EksCall Call(string clusterName, string? nextToken) => new("ListNodegroups", "list the node groups of")
    {
        Method = "GET",
        Path = "/{name}/node-groups",
        ClusterName = clusterName,
        Query = [("maxResults", "100"), ("nextToken", nextToken)],
    };
}

internal sealed record ListNodegroupsResponse : IRestJsonPage<string>
{
    public IReadOnlyList<string> Nodegroups { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<string> IRestJsonPage<string>.Items => Nodegroups;
}
