namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>DescribeInsight: GET /clusters/{name}/insights/{id}.</summary>
internal static class DescribeInsight
{
    public static EksCall Call(string clusterName, string id) => new("DescribeInsight", "describe")
    {
        Method = "GET",
        Path = "/{name}/insights/{id}",
        ClusterName = clusterName,
        InsightId = id,
    };
}

internal sealed record DescribeInsightResponse
{
    public Insight Insight { get; init; } = new();
}
