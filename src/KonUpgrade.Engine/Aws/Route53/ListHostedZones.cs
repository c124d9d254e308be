using KonUpgrade.Engine.Aws.RestXml;

namespace KonUpgrade.Engine.Aws.Route53;

/// <summary>ListHostedZones: the account's zones.</summary>
internal static class ListHostedZones
{
    public static RestXmlCall Call(string? marker) => new("ListHostedZones", "GET", "/2013-04-01/hostedzone")
    {
        About = new AwsCall("Route 53 did not list its hosted zones", "route53:ListHostedZones", "hosted zones"),
        Query = [("marker", marker), ("maxitems", "100")],
    };
}
