using System.Xml.Linq;
using KonUpgrade.Engine.Aws.Query;

namespace KonUpgrade.Engine.Aws.Rds;

/// <summary>DescribeDBClusters: the region's clusters.</summary>
internal static class DescribeDBClusters
{
    public static QueryCall Call(string? marker) => new("DescribeDBClusters", ("Marker", marker), ("MaxRecords", "100"))
    {
        About = new AwsCall("RDS did not list its DB clusters", "rds:DescribeDBClusters", "DB clusters"),
    };

    public static DBCluster Read(XElement cluster) => new()
    {
        DBClusterIdentifier = cluster.Text("DBClusterIdentifier") ?? "",
        DBClusterArn = cluster.Text("DBClusterArn") ?? "",
        Status = cluster.Text("Status"),
        Engine = cluster.Text("Engine"),
        Endpoints = [.. new[] { cluster.Text("Endpoint"), cluster.Text("ReaderEndpoint") }.OfType<string>(), .. (cluster.Part("CustomEndpoints")?.Elements() ?? []).Select(static member => member.Value)],
    };
}

/// <summary>A DB cluster.</summary>
public sealed record DBCluster
{
    /// <summary>The identifier, in small letters.</summary>
    public required string DBClusterIdentifier { get; init; }

    /// <summary>The ARN.</summary>
    public required string DBClusterArn { get; init; }

    /// <summary>The status: <c>available</c>.</summary>
    public string? Status { get; init; }

    /// <summary>The engine: <c>aurora-mysql</c>; and <c>mysql</c>, <c>docdb</c>, <c>neptune</c>.</summary>
    public string? Engine { get; init; }

    /// <summary>The hosts of its endpoints: for writing, for reading, and those that were made beside.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];
}
