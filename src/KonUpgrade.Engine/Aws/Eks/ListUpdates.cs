using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>ListUpdates: GET /clusters/{name}/updates.</summary>
internal static class ListUpdates
{
    public static EksCall Call(string clusterName, string? nodegroupName, string? nextToken) => new("ListUpdates", "list the updates of")
    {
        Method = "GET",
        Path = "/{name}/updates",
        ClusterName = clusterName,
        NodegroupName = nodegroupName,
        Query = [("nodegroupName", nodegroupName), ("maxResults", "100"), ("nextToken", nextToken)],
    };
}

internal sealed record ListUpdatesResponse : IRestJsonPage<string>
{
    public IReadOnlyList<string> UpdateIds { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<string> IRestJsonPage<string>.Items => UpdateIds;
}
