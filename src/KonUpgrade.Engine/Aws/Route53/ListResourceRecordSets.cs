using KonUpgrade.Engine.Aws.RestXml;

namespace KonUpgrade.Engine.Aws.Route53;

/// <summary>ListResourceRecordSets: the record sets of a zone, sorted by their names' labels from the last one on, then by type.</summary>
internal static class ListResourceRecordSets
{
    public static RestXmlCall Call(string zoneId, string? name, string? type, string? identifier, int most) =>
        new("ListResourceRecordSets", "GET", "/2013-04-01/hostedzone/{Id}/rrset", ("Id", zoneId))
        {
            About = new AwsCall($"Route 53 did not list the records of the hosted zone {zoneId}", "route53:ListResourceRecordSets", zoneId),
            Query = [("name", name), ("type", type), ("identifier", identifier), ("maxitems", most.ToString(System.Globalization.CultureInfo.InvariantCulture))],
        };
}
