using KonUpgrade.Engine.Aws.RestXml;

namespace KonUpgrade.Engine.Aws.Route53;

/// <summary>GetChange: whether all name servers have a change.</summary>
internal static class GetChange
{
    public static RestXmlCall Call(string id) => new("GetChange", "GET", "/2013-04-01/change/{Id}", ("Id", id))
    {
        About = new AwsCall($"Route 53 could not be asked how far the change {id} is", "route53:GetChange", id),
    };
}
