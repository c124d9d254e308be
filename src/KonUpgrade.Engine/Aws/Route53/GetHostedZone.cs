using KonUpgrade.Engine.Aws.RestXml;

namespace KonUpgrade.Engine.Aws.Route53;

/// <summary>GetHostedZone: a zone by its id.</summary>
internal static class GetHostedZone
{
    public static RestXmlCall Call(string id) => new("GetHostedZone", "GET", "/2013-04-01/hostedzone/{Id}", ("Id", id))
    {
        About = new AwsCall($"Route 53 could not be asked for the hosted zone {id}", "route53:GetHostedZone", id),
    };
}
