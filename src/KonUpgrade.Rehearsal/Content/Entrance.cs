using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Dns;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>How people come to a system: a host name in a zone of Route 53, and an Ingress with a load balancer on each cluster.</summary>
/// <param name="Host">The host name.</param>
/// <param name="Ingress">The Ingress.</param>
internal sealed record Entrance(string Host, string Ingress)
{
    private const string Namespace = "istio-system";

    // What resolvers keep for a second, nobody has to wait for.
    private const string Ttl = "1";

    /// <summary>The zones of the account.</summary>
    public static DnsSettings Dns { get; } = new() { Speed = 100_000, Zones = [new("example.com")] };

    /// <summary>The Ingress as a cluster's controller has left it, with the cluster's own load balancer.</summary>
    public ClusterObject On(SandboxCluster cluster) => new("aws-load-balancer-controller", new JsonObject
    {
        ["apiVersion"] = "networking.k8s.io/v1",
        ["kind"] = "Ingress",
        ["metadata"] = new JsonObject { ["name"] = Ingress, ["namespace"] = Namespace },
        ["spec"] = new JsonObject
        {
            ["ingressClassName"] = "alb",
            ["defaultBackend"] = new JsonObject { ["service"] = new JsonObject { ["name"] = "istio-ingressgateway", ["port"] = new JsonObject { ["number"] = 80 } } },
            ["rules"] = new JsonArray(new JsonObject { ["host"] = Host }),
        },
        ["status"] = new JsonObject { ["loadBalancer"] = new JsonObject { ["ingress"] = new JsonArray(new JsonObject { ["hostname"] = $"k8s-istiosys-{Ingress}-{cluster.Name}.eu-central-1.elb.amazonaws.com" }) } },
    });

    /// <summary>The address of the load balancer that a cluster's Ingress has; null while it has none.</summary>
    public string? AddressOn(SandboxCluster cluster) => cluster.Objects()
        .Where(item => (string?)item["kind"] == "Ingress" && (string?)item["metadata"]?["namespace"] == Namespace && (string?)item["metadata"]?["name"] == Ingress)
        .Select(item => (string?)item["status"]?["loadBalancer"]?["ingress"]?[0]?["hostname"])
        .FirstOrDefault();

    /// <summary>Lets the host name lead to a cluster.</summary>
    public void Lead(SandboxHost sandbox, string cluster) => sandbox.Dns!.Put(
        Zone(sandbox),
        $"<ResourceRecordSet><Name>{Host}.</Name><Type>CNAME</Type><TTL>{Ttl}</TTL><ResourceRecords><ResourceRecord><Value>{AddressOn(sandbox.Cluster(cluster))}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>");

    /// <summary>Whether the host name leads to a cluster, and nowhere else.</summary>
    public bool LeadsTo(SandboxHost sandbox, string cluster) =>
        AddressOn(sandbox.Cluster(cluster)) is { } address && Records(sandbox, Host) is { Count: > 0 } records && records.All(record => record.Contains(address, StringComparison.Ordinal));

    /// <summary>The records of a name.</summary>
    public static IReadOnlyList<string> Records(SandboxHost sandbox, string host) =>
        [.. sandbox.Dns!.Records(Zone(sandbox)).Where(record => record.Contains($"<Name>{host}.</Name>", StringComparison.Ordinal))];

    /// <summary>What the steps about traffic have to know.</summary>
    public Dictionary<string, IReadOnlyDictionary<string, string>> Setting(SandboxHost sandbox) => new Dictionary<string, IReadOnlyDictionary<string, string>>
    {
        ["traffic"] = new Dictionary<string, string>
        {
            ["hosts"] = Host,
            ["ttl"] = $"{Ttl}s",
            ["soak"] = "1s",
            ["probe"] = string.Create(CultureInfo.InvariantCulture, $"http://{Host}/healthz"),
            ["probeAddress"] = sandbox.Cluster("green").LoadBalancerUri!.Authority,
            ["probeInterval"] = "500ms",
        },
        ["soak"] = new Dictionary<string, string> { ["duration"] = "1s", ["interval"] = "500ms" },
    };

    private static string Zone(SandboxHost sandbox) => sandbox.Dns!.ZoneId("example.com");
}
