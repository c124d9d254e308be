using System.Globalization;
using System.Xml.Linq;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Aws.Query;

namespace KonUpgrade.Sandbox.Backup.Stores;

/// <summary>The region's RDS, as far as it lists databases: those that there are to protect, and the members of their clusters.</summary>
internal sealed class DatabaseService(BackupRegion region)
{
    private static readonly XNamespace Space = "http://rds.amazonaws.com/doc/2014-10-31/";

    public static QueryService Of(BackupRegion region)
    {
        var service = new DatabaseService(region);
        return new("rds", Space, region.Gate,
        [
            new QueryOperation("DescribeDBInstances", "list", "db-instances", service.Instances),
            new QueryOperation("DescribeDBClusters", "list", "db-clusters", service.Clusters),
        ]);
    }

    private IEnumerable<XElement> Instances(QueryForm form)
    {
        IEnumerable<XElement> single = region.Resources.Where(resource => resource.Type == "RDS" && !resource.Arn.Contains(":cluster:", StringComparison.Ordinal))
            .Select(resource => Instance(resource.Name, resource.Arn, resource.Engine ?? "mysql", resource.Status, null));
        IEnumerable<XElement> members = ClustersOf().SelectMany(cluster => cluster.Members.Select(member => Instance(member, region.Arn("rds", $"db:{member}"), EngineOf(cluster), cluster.Status, cluster.Name)));
        return Page(form, "DBInstances", [.. single, .. members]);
    }

    private IEnumerable<XElement> Clusters(QueryForm form) => Page(form, "DBClusters", [.. ClustersOf().Select(cluster => new XElement("DBCluster",
        new XElement("DBClusterIdentifier", cluster.Name),
        new XElement("DBClusterArn", cluster.Arn),
        new XElement("Engine", EngineOf(cluster)),
        new XElement("Status", cluster.Status),
        new XElement("Endpoint", Host(cluster.Name, "cluster-")),
        new XElement("ReaderEndpoint", Host(cluster.Name, "cluster-ro-")),
        new XElement("CustomEndpoints", new XElement("member", Host($"{cluster.Name}-reports", "cluster-custom-"))),
        new XElement("Port", 3306)))]);

    private IEnumerable<BackupResource> ClustersOf() => region.Resources.Where(resource => resource.Arn.Contains(":rds:", StringComparison.Ordinal) && resource.Arn.Contains(":cluster:", StringComparison.Ordinal));

    private static string EngineOf(BackupResource cluster) => cluster.Engine ?? "aurora-mysql";

    private XElement Instance(string name, string arn, string engine, string status, string? cluster) => new("DBInstance",
        new XElement("DBInstanceIdentifier", name),
        new XElement("DBInstanceArn", arn),
        new XElement("Engine", engine),
        new XElement("DBInstanceStatus", status),
        cluster is null ? null : new XElement("DBClusterIdentifier", cluster),
        new XElement("Endpoint", new XElement("Address", Host(name, string.Empty)), new XElement("Port", 3306)));

    private string Host(string name, string kind) => $"{name}.{kind}c{region.Hash("rds")[..12]}.{region.Region}.rds.amazonaws.com";

    private static IEnumerable<XElement> Page(QueryForm form, string list, IReadOnlyList<XElement> all)
    {
        int size = form.Integer("MaxRecords", 20, 100) ?? 100;
        int from = form.Text("Marker") is not { } marker ? 0
            : int.TryParse(marker, NumberStyles.None, CultureInfo.InvariantCulture, out int at) && at < all.Count ? at
            : throw new AwsError(400, "InvalidParameterValue", $"Invalid or expired marker: {marker}");
        yield return new XElement(list, all.Skip(from).Take(size));
        if (from + size < all.Count) yield return new XElement("Marker", (from + size).ToString(CultureInfo.InvariantCulture));
    }
}
