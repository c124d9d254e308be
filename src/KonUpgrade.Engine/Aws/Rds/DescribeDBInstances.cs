using System.Xml.Linq;
using KonUpgrade.Engine.Aws.Query;

namespace KonUpgrade.Engine.Aws.Rds;

/// <summary>DescribeDBInstances: the region's instances, also those that are members of clusters.</summary>
internal static class DescribeDBInstances
{
    public static QueryCall Call(string? marker) => new("DescribeDBInstances", ("Marker", marker), ("MaxRecords", "100"))
    {
        About = new AwsCall("RDS did not list its DB instances", "rds:DescribeDBInstances", "DB instances"),
    };

    public static DBInstance Read(XElement instance) => new()
    {
        DBInstanceIdentifier = instance.Text("DBInstanceIdentifier") ?? "",
        DBInstanceArn = instance.Text("DBInstanceArn") ?? "",
        DBInstanceStatus = instance.Text("DBInstanceStatus"),
        DBClusterIdentifier = instance.Text("DBClusterIdentifier"),
        Engine = instance.Text("Engine"),
        EndpointAddress = instance.Part("Endpoint")?.Text("Address"),
    };
}

/// <summary>A DB instance.</summary>
public sealed record DBInstance
{
    /// <summary>The identifier, in small letters.</summary>
    public required string DBInstanceIdentifier { get; init; }

    /// <summary>The ARN.</summary>
    public required string DBInstanceArn { get; init; }

    /// <summary>The status: <c>available</c>, <c>backing-up</c>, <c>stopped</c>.</summary>
    public string? DBInstanceStatus { get; init; }

    /// <summary>The cluster that it is a member of; null for none.</summary>
    public string? DBClusterIdentifier { get; init; }

    /// <summary>The engine: <c>mysql</c>.</summary>
    public string? Engine { get; init; }

    /// <summary>The host of its endpoint; null while it has none.</summary>
    public string? EndpointAddress { get; init; }
}
