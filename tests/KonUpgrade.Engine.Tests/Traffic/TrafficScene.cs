using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Tests.Aws;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Dns;
using KonUpgrade.Sandbox.Hosting;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Engine.Tests.Traffic;

/// <summary>Two clusters with a load balancer each, a zone, and a server that answers in the stead of green's load balancer.</summary>
internal sealed class TrafficScene : IAsyncDisposable
{
    public const string BlueName = "k8s-shop-blue-1.eu-central-1.elb.amazonaws.com";
    public const string GreenName = "k8s-shop-green-2.eu-central-1.elb.amazonaws.com";
    public const string Host = "shop.example.com";

    private TrafficScene(SandboxHost host, FakeServer balancer, ClusterConnection blue, ClusterConnection green) => (Sandbox, Balancer, Blue, Green) = (host, balancer, blue, green);

    public SandboxHost Sandbox { get; }

    public FakeServer Balancer { get; }

    public ClusterConnection Blue { get; }

    public ClusterConnection Green { get; }

    public RecordingReporter Reporter { get; } = new();

    public string Zone => Sandbox.Dns!.ZoneId("example.com");

    /// <summary>What the load balancer answers; it sees the zone as it is when it is asked.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = static _ => Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TrafficScene> StartAsync()
    {
        var host = await SandboxHost.StartAsync(
            SandboxFixture.Options(new SandboxClusterOptions("blue", "1.33"), new SandboxClusterOptions("green", "1.34")) with { Dns = new DnsSettings { Speed = 1_000_000, Zones = [new("example.com"), new("other.test")] } }, Token);
        TrafficScene? scene = null;
        var balancer = await FakeServer.StartAsync(context => scene!.Answer(context));
        host.Cluster("blue").Seed([Ingress("istio-system", "shop", BlueName)]);
        host.Cluster("green").Seed([Ingress("istio-system", "shop", GreenName)]);
        return scene = new TrafficScene(host, balancer, await SandboxFixture.ConnectAsync(host, "blue-viewer"), await SandboxFixture.ConnectAsync(host, "green-viewer"));
    }

    public static string Ingress(string ns, string name, string address, string? rule = null)
    {
        var rules = rule is null ? "" : $$""","rules":[{"host":"{{rule}}"}]""";
        return $$$"""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"namespace":"{{{ns}}}","name":"{{{name}}}"},"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80} } }{{{rules}}} },"status":{"loadBalancer":{"ingress":[{"hostname":"{{{address}}}"}]} } }""";
    }

    public static string Cname(string name, string value, long ttl = 300, string more = "") =>
        $"<ResourceRecordSet><Name>{name}.</Name><Type>CNAME</Type>{more}<TTL>{ttl}</TTL><ResourceRecords><ResourceRecord><Value>{value}</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>";

    public static string Alias(string name, string type, string target, bool health = true, string more = "") =>
        $"<ResourceRecordSet><Name>{name}.</Name><Type>{type}</Type>{more}<AliasTarget><HostedZoneId>Z215JYRZR1TBD5</HostedZoneId><DNSName>{target}.</DNSName><EvaluateTargetHealth>{(health ? "true" : "false")}</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>";

    public static string Text(string name, string value) =>
        $"<ResourceRecordSet><Name>{name}.</Name><Type>TXT</Type><TTL>300</TTL><ResourceRecords><ResourceRecord><Value>\"{value}\"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>";

    public static string Weight(string id, int weight) => $"<SetIdentifier>{id}</SetIdentifier><Weight>{weight}</Weight>";

    /// <summary>Lays records into the zone; what others have there stands beside them.</summary>
    public TrafficScene With(params string[] records)
    {
        Sandbox.Dns!.Put(Zone, [.. records, Cname("shop-admin.example.com", "elsewhere.test", 77), Text("example.com", "v=spf1 -all"), Text(Host.Replace("shop", "shop-2", StringComparison.Ordinal), "ours")]);
        return this;
    }

    /// <summary>All that the zone has.</summary>
    public IReadOnlyList<string> Records => Sandbox.Dns!.Records(Zone);

    /// <summary>What the zone has of the host, in short: type, identifier, weight, TTL and where it leads.</summary>
    public string Now => string.Join(' ', Records.Select(static xml => Engine.Aws.Route53.ResourceRecordSet.Read(System.Xml.Linq.XElement.Parse(xml))).Where(static record => record.Name == $"{Host}." && record.Type != "TXT")
        .Select(static record => $"{record.Type}{(record.Weight is { } weight ? $"*{weight}" : "")}{(record.Ttl is { } ttl ? $"/{ttl}" : "")}>{Short(record.AliasTarget?.DNSName ?? record.Values[0])}"));

    /// <summary>How many of a hundred questions are answered with green, by the weights that the zone has now.</summary>
    public int Percent => Now.Split(' ').FirstOrDefault(static record => record.EndsWith("green", StringComparison.Ordinal)) is not { } green ? 0
        : green.IndexOf('*', StringComparison.Ordinal) is >= 0 and var at ? int.Parse(green[(at + 1)..].Split('/', '>')[0], System.Globalization.CultureInfo.InvariantCulture) : 100;

    public bool HasMarker => Records.Any(static record => record.Contains("_konupgrade", StringComparison.Ordinal));

    public TrafficSwitchOptions Options => new()
    {
        HostName = [Host],
        Weight = [5, 25, 50, 100],
        Soak = TimeSpan.FromSeconds(20),
        // Its clock runs on while the SDK waits by the real one.
        InSyncTimeout = TimeSpan.FromHours(10),
        Probe = new TrafficProbe { Uri = new Uri($"http://{Host}/healthz"), Address = Balancer.Uri.Authority, Interval = TimeSpan.FromSeconds(5) },
        Time = new FastTime(2000),
    };

    public TrafficDns Dns() => new(AwsOptions, Reporter);

    public AwsOptions AwsOptions => new()
    {
        Region = Sandbox.Eks!.Settings.Region,
        Keys = TestKeys.Of(Sandbox.Eks.Settings.AccessKeyId, Sandbox.Eks.Settings.SecretAccessKey),
        EndpointUrl = Sandbox.Eks.Uri,
    };

    public Task<TrafficSwitch> PrepareAsync(TrafficDns dns, TrafficSwitchOptions? options = null) => TrafficSwitch.PrepareAsync(dns, Blue, Green, options ?? Options, Reporter, Token);

    /// <summary>A whole switch of its own, as another process would make it.</summary>
    public async Task<ClusterTraffic> SwitchAsync(TrafficSwitchOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var dns = Dns();
        return (await (await PrepareAsync(dns, options)).RunAsync(cancellationToken))[0];
    }

    public async Task<ClusterTraffic> ReadAsync(TrafficOptions? options = null)
    {
        using var dns = Dns();
        return await new TrafficReader(dns, Blue, Green).ReadAsync(options ?? new TrafficOptions { HostName = [Host] }, Token).SingleAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Blue.DisposeAsync();
        await Green.DisposeAsync();
        await Balancer.DisposeAsync();
        await Sandbox.DisposeAsync();
    }

    private static string Short(string target) => target.TrimEnd('.') switch { BlueName => "blue", GreenName => "green", "dualstack." + BlueName => "d.blue", "dualstack." + GreenName => "d.green", var other => other };
}
