using KonUpgrade.Engine.Aws.RestJson;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>ListInsights: POST /clusters/{name}/insights.</summary>
internal static class ListInsights
{
    public static EksCall Call(string clusterName, IReadOnlyList<string> categories, string? nextToken) => new("ListInsights", "list the insights of")
    {
        Method = "POST",
        Path = "/{name}/insights",
        ClusterName = clusterName,
        Reads = true,
        Body = new { Filter = new { Categories = categories }, MaxResults = 100, NextToken = nextToken },
    };
}

internal sealed record ListInsightsResponse : IRestJsonPage<InsightSummary>
{
    public IReadOnlyList<InsightSummary> Insights { get; init; } = [];

    public string? NextToken { get; init; }

    IReadOnlyList<InsightSummary> IRestJsonPage<InsightSummary>.Items => Insights;
}
