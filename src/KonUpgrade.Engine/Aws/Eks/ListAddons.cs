using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>ListAddons: GET /clusters/{name}/addons.</summary>
internal static class ListAddons
{
    public static EksCall Call(string clusterName, string? nextToken) => new("ListAddons", "list the add-ons of")
    {
        Method = "GET",
        Path = "/{name}/addons",
        ClusterName = clusterName,
        Query = [("maxResults", "100"), ("nextToken", nextToken)],
    };
}

internal sealed record ListAddonsResponse : IRestJsonPage<string>
{
    public IReadOnlyList<string> Addons { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<string> IRestJsonPage<string>.Items => Addons;
}
