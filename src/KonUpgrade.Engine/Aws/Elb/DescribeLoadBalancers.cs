using System.Xml.Linq;
using KonUpgrade.Engine.Aws.Query;

namespace KonUpgrade.Engine.Aws.Elb;

/// <summary>DescribeLoadBalancers: the region's load balancers; those of applications and networks are one API's, classic ones another's.</summary>
internal static class DescribeLoadBalancers
{
    public static QueryCall Call(string? marker) => new("DescribeLoadBalancers", ("Marker", marker), ("PageSize", "400"))
    {
        About = new AwsCall("Elastic Load Balancing did not list its load balancers", "elasticloadbalancing:DescribeLoadBalancers", "load balancers"),
    };

    /// <summary>One of an application or a network (version 2015-12-01).</summary>
    public static LoadBalancer Read(XElement balancer) => new(Text(balancer, "LoadBalancerName"), Text(balancer, "DNSName"), Text(balancer, "CanonicalHostedZoneId"), Text(balancer, "Type"));

    /// <summary>A classic one (version 2012-06-01).</summary>
    public static LoadBalancer ReadClassic(XElement balancer) => new(Text(balancer, "LoadBalancerName"), Text(balancer, "DNSName"), Text(balancer, "CanonicalHostedZoneNameID"), "classic");

    private static string Text(XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value ?? "";
}

/// <summary>A load balancer.</summary>
/// <param name="LoadBalancerName">Its name.</param>
/// <param name="DNSName">The name that it is reached by.</param>
/// <param name="CanonicalHostedZoneId">The zone of Route 53 that an alias of it names.</param>
/// <param name="Type"><c>application</c>, <c>network</c>, <c>gateway</c> or <c>classic</c>.</param>
public sealed record LoadBalancer(string LoadBalancerName, string DNSName, string CanonicalHostedZoneId, string Type);
