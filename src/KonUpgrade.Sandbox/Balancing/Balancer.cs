using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Behaviors;

namespace KonUpgrade.Sandbox.Balancing;

/// <summary>A load balancer of an Ingress (of applications) or of a Service (of the network).</summary>
internal sealed record Balancer(string Name, string DnsName, string ZoneId, string Type, IReadOnlyList<string> Hosts)
{
    private const string ApplicationZone = "Z215JYRZR1TBD5";
    private const string NetworkZone = "Z3F0SRJ5LGBH90";

    /// <summary>The load balancer that an object is given: the same each time.</summary>
    public static Balancer Of(JsonObject item, string cluster, string region)
    {
        string ns = Metadata.Namespace(item), name = Metadata.Name(item), of = $"{cluster}/{Metadata.Uid(item)}";
        string made = $"k8s-{Short(ns)}-{Short(name)}-{Stable.Uid(of).Replace("-", string.Empty, StringComparison.Ordinal)[..10]}";
        bool isIngress = Metadata.Text(item, "kind") == "Ingress";
        string number = Stable.Number(of).ToString(CultureInfo.InvariantCulture);
        IReadOnlyList<string> hosts = [.. (item["spec"]?["rules"] as JsonArray ?? []).Select(rule => (string?)rule?["host"]).OfType<string>()];
        return isIngress
            ? new Balancer(made, $"{made}-{number}.{region}.elb.amazonaws.com", ApplicationZone, "application", hosts)
            : new Balancer(made, $"{made}-{number}.elb.{region}.amazonaws.com", NetworkZone, "network", hosts);
    }

    /// <summary>Whether a zone is the one that an alias of a name must tell; null for a name that is no load balancer's.</summary>
    public static bool? IsZoneOf(string dnsName, string zoneId, string region)
    {
        string name = dnsName.TrimEnd('.');
        return name.EndsWith($".{region}.elb.amazonaws.com", StringComparison.Ordinal) ? zoneId == ApplicationZone
            : name.EndsWith($".elb.{region}.amazonaws.com", StringComparison.Ordinal) ? zoneId == NetworkZone
            : null;
    }

    /// <summary>Whether it has an answer for a host: it is in a rule, or there is no rule about hosts.</summary>
    public bool Serves(string host)
        => Hosts.Count == 0 || Hosts.Any(rule => rule == host || (rule.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(rule[1..], StringComparison.Ordinal)));

    private static string Short(string text) => text.Length <= 8 ? text : text[..8];
}
