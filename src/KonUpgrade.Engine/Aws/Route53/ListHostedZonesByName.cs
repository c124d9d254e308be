using KonUpgrade.Engine.Aws.RestXml;

namespace KonUpgrade.Engine.Aws.Route53;

/// <summary>ListHostedZonesByName: the account's zones by their names' labels from the last one on, beginning with a name.</summary>
internal static class ListHostedZonesByName
{
    public static RestXmlCall Call(string dnsName) => new("ListHostedZonesByName", "GET", "/2013-04-01/hostedzonesbyname")
    {
        About = new AwsCall($"Route 53 could not be asked for the hosted zone {dnsName}", "route53:ListHostedZonesByName", dnsName),
        Query = [("dnsname", dnsName), ("maxitems", "20")],
    };
}
