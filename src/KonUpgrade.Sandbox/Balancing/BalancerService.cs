using System.Globalization;
using System.Xml.Linq;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Aws.Query;

namespace KonUpgrade.Sandbox.Balancing;

/// <summary>The region's Elastic Load Balancing, as far as it lists load balancers. Of the older API's, the classic ones, there are none.</summary>
internal sealed class BalancerService(Func<IEnumerable<Balancer>> balancers, Func<AwsKey> key)
{
    private const string Classic = "2012-06-01";
    private static readonly XNamespace Space = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/";

    public static QueryService Of(Func<IEnumerable<Balancer>> balancers, Func<AwsKey> key)
    {
        var service = new BalancerService(balancers, key);
        return new("elasticloadbalancing", Space, new object(), [new QueryOperation("DescribeLoadBalancers", "list", "load-balancers", service.Describe)]);
    }

    private IEnumerable<XElement> Describe(QueryForm form)
    {
        if (form.Version == Classic) return [new XElement("LoadBalancerDescriptions")];
        IReadOnlyList<string> names = form.Texts("Names");
        Balancer[] all = [.. balancers().Where(balancer => names.Count == 0 || names.Contains(balancer.Name)).OrderBy(balancer => balancer.Name, StringComparer.Ordinal)];
        if (names.FirstOrDefault(name => !all.Any(balancer => balancer.Name == name)) is { } missing) throw new AwsError(400, "LoadBalancerNotFound", $"Load balancers '[{missing}]' not found");
        int size = form.Integer("PageSize", 1, 400) ?? 400;
        int from = form.Text("Marker") is not { } marker ? 0
            : int.TryParse(marker, NumberStyles.None, CultureInfo.InvariantCulture, out int at) && at < all.Length ? at
            : throw QueryForm.Invalid("Marker", "Invalid marker");
        var list = new XElement("LoadBalancers", all.Skip(from).Take(size).Select(balancer => new XElement("member",
            new XElement("LoadBalancerArn", $"arn:aws:elasticloadbalancing:{key().Region}:{key().AccountId}:loadbalancer/{(balancer.Type == "network" ? "net" : "app")}/{balancer.Name}/0123456789abcdef"),
            new XElement("DNSName", balancer.DnsName),
            new XElement("CanonicalHostedZoneId", balancer.ZoneId),
            new XElement("LoadBalancerName", balancer.Name),
            new XElement("Scheme", "internet-facing"),
            new XElement("State", new XElement("Code", "active")),
            new XElement("Type", balancer.Type))));
        return from + size < all.Length ? [list, new XElement("NextMarker", (from + size).ToString(CultureInfo.InvariantCulture))] : [list];
    }
}
