using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Dns;
using KonUpgrade.Sandbox.Hosting;
using KonUpgrade.Sandbox.Tests.Eks;

namespace KonUpgrade.Sandbox.Tests.Dns;

/// <summary>The sandbox's Route 53 and load balancers are judged by a client that no one here wrote. Skipped where the aws program is not on the PATH.</summary>
public sealed class DnsAwsProgramTests : IAsyncLifetime
{
    private SandboxHost? _host;

    private SandboxHost Host => _host ?? throw new InvalidOperationException("The sandbox is not started.");

    private string Zone => Host.Dns!.ZoneId("example.com");

    public async ValueTask InitializeAsync() => _host = await SandboxHost.StartAsync(
        new SandboxOptions { Clusters = [new("green", "1.34") { HasLoadBalancers = true }], Dns = new DnsSettings { Speed = 0, Zones = [new("example.com"), new("example.com") { IsPrivate = true }, new("a.example.com")] } },
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_simple_record_becomes_weighted_in_one_batch_that_is_pending_and_then_in_sync()
    {
        Assert.Equal("a.example.com. example.com. example.com.", (await RunAsync("list-hosted-zones-by-name", "--query", "sort_by(HostedZones,&Name)[].Name", "--output", "text")).Replace('\t', ' '));
        Assert.Equal("False\tTrue", string.Join('\t', (await RunAsync("list-hosted-zones-by-name", "--dns-name", "example.com", "--max-items", "2", "--query", "HostedZones[].Config.PrivateZone", "--output", "text")).Split('\t').Order(StringComparer.Ordinal)));
        const string Blue = """{"Name":"*.shop.example.com","Type":"CNAME","TTL":60,"ResourceRecords":[{"Value":"blue.elb.amazonaws.com"}]}""";
        JsonNode made = JsonNode.Parse(await ChangeAsync($$"""{"Action":"CREATE","ResourceRecordSet":{{Blue}} }"""))!;
        string change = (string)made["ChangeInfo"]!["Id"]!;
        Assert.Equal(("PENDING", "/change/C"), ((string?)made["ChangeInfo"]!["Status"], change[..9]));
        Assert.Equal("PENDING", await RunAsync("get-change", "--id", change, "--query", "ChangeInfo.Status", "--output", "text"));
        Host.Dns!.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("INSYNC", await RunAsync("get-change", "--id", change, "--query", "ChangeInfo.Status", "--output", "text"));
        await ChangeAsync($$"""{"Action":"DELETE","ResourceRecordSet":{{Blue}} },{"Action":"CREATE","ResourceRecordSet":{{Weighted("blue", 90)}} },{"Action":"CREATE","ResourceRecordSet":{{Weighted("green", 10)}} }""");
        Assert.Equal("""\052.shop.example.com. blue 90 60 green 10 60""", (await RunAsync("list-resource-record-sets", "--hosted-zone-id", Zone, "--start-record-name", "*.shop.example.com", "--query", "[ResourceRecordSets[0].Name,ResourceRecordSets[].[SetIdentifier,Weight,TTL]][]", "--output", "text")).Replace('\t', ' ').ReplaceLineEndings(" "));
    }

    [Fact]
    public async Task What_does_not_fit_is_refused_as_a_whole_and_in_the_services_words()
    {
        await ChangeAsync("""{"Action":"CREATE","ResourceRecordSet":{"Name":"one.example.com","Type":"A","TTL":60,"ResourceRecords":[{"Value":"192.0.2.1"}]}}""");
        await ChangeAsync($$"""{"Action":"CREATE","ResourceRecordSet":{{Weighted("blue", 90)}} }""");
        IReadOnlyList<string> before = Host.Dns!.Records(Zone);
        foreach ((string changes, string words) in ((string, string)[])
        [
            ("""{"Action":"CREATE","ResourceRecordSet":{"Name":"one.example.com","Type":"A","TTL":60,"ResourceRecords":[{"Value":"192.0.2.2"}]}}""", "(InvalidChangeBatch) when calling the ChangeResourceRecordSets operation: [Tried to create resource record set [name='one.example.com.', type='A'] but it already exists]"),
            ("""{"Action":"UPSERT","ResourceRecordSet":{"Name":"two.example.com","Type":"A","TTL":60,"ResourceRecords":[{"Value":"192.0.2.2"}]}},{"Action":"DELETE","ResourceRecordSet":{"Name":"one.example.com","Type":"A","TTL":61,"ResourceRecords":[{"Value":"192.0.2.1"}]}}""", "but the values provided do not match the current values]"),
            ("""{"Action":"CREATE","ResourceRecordSet":{"Name":"*.shop.example.com","Type":"CNAME","TTL":60,"ResourceRecords":[{"Value":"x.test"}]}}""", @"[RRSet with DNS name \052.shop.example.com., type CNAME cannot be created as other RRSets exist with the same name and type.]"),
            ($$"""{"Action":"CREATE","ResourceRecordSet":{{Weighted("green", 10).Replace("\"TTL\":60", "\"TTL\":30", StringComparison.Ordinal)}} }""", "cannot be created as weighted sets must contain the same TTL.]"),
            ("""{"Action":"CREATE","ResourceRecordSet":{"Name":"one.example.com","Type":"CNAME","TTL":60,"ResourceRecords":[{"Value":"x.test"}]}}""", "RRSet of type CNAME with DNS name one.example.com. is not permitted as it conflicts with other records with the same DNS name in zone example.com."),
            ("""{"Action":"CREATE","ResourceRecordSet":{"Name":"shop.example.org","Type":"A","TTL":60,"ResourceRecords":[{"Value":"192.0.2.2"}]}}""", "is not permitted in zone example.com."),
            ("""{"Action":"CREATE","ResourceRecordSet":{"Name":"three.example.com","Type":"A","ResourceRecords":[{"Value":"192.0.2.2"}]}}""", "(InvalidInput) when calling the ChangeResourceRecordSets operation: Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none in Change with [Action=CREATE, Name=three.example.com., Type=A, SetIdentifier=null]"),
            ("""{"Action":"CREATE","ResourceRecordSet":{"Name":"three.example.com","Type":"A","AliasTarget":{"HostedZoneId":"ZWRONG","DNSName":"x.eu-central-1.elb.amazonaws.com","EvaluateTargetHealth":false}}}""", "[Tried to create an alias that targets x.eu-central-1.elb.amazonaws.com., type A in zone ZWRONG, but the alias target name does not lie within the target zone]"),
        ])
        {
            (int code, string text) = await TryAsync(changes);
            Assert.NotEqual(0, code);
            Assert.Contains(words, text, StringComparison.Ordinal);
        }
        Assert.Equal(before, Host.Dns.Records(Zone));
    }

    [Fact]
    public async Task Load_balancers_are_told_by_the_objects_and_by_their_service_and_something_answers_for_them()
    {
        Host.Cluster("green").Seed(["""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"namespace":"shop","name":"web"},"spec":{"rules":[{"host":"shop.example.com"}]}}""", """{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"shop","name":"api"},"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}"""]);
        string[] rows = (await ProgramAsync("elbv2", "describe-load-balancers", "--query", "LoadBalancers[].[Type,CanonicalHostedZoneId,DNSName]", "--output", "text")).ReplaceLineEndings("\n").Split('\n');
        Assert.Equal(["application Z215JYRZR1TBD5", "network Z3F0SRJ5LGBH90"], rows.Select(row => string.Join(' ', row.Split('\t')[..2])).Order(StringComparer.Ordinal));
        string name = rows.Single(row => row.StartsWith("application", StringComparison.Ordinal)).Split('\t')[2];
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (!Host.Cluster("green").Objects().Any(item => item.ToJsonString().Contains($"\"hostname\":\"{name}\"", StringComparison.Ordinal))) await Task.Delay(20, deadline.Token);
        Assert.Equal("None", await ProgramAsync("elb", "describe-load-balancers", "--query", "LoadBalancerDescriptions[0]", "--output", "text"));
        using var http = new HttpClient { BaseAddress = Host.Cluster("green").LoadBalancerUri };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "shop.example.com" } };
        using HttpResponseMessage response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("""{"cluster":"green","host":"shop.example.com"}""", (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Trim());
    }

    private static string Weighted(string id, int weight) => $$"""{"Name":"*.shop.example.com","Type":"CNAME","SetIdentifier":"{{id}}","Weight":{{weight}},"TTL":60,"ResourceRecords":[{"Value":"{{id}}.elb.amazonaws.com"}]}""";

    private async Task<string> ChangeAsync(string changes)
    {
        (int code, string text) = await TryAsync(changes);
        Assert.True(code == 0, text);
        return text;
    }

    private Task<(int Code, string Text)> TryAsync(string changes)
        => AwsProgram.RunAsync(Host, Host.Eks!.Settings.SecretAccessKey, ["route53", "change-resource-record-sets", "--hosted-zone-id", Zone, "--change-batch", $$"""{"Changes":[{{changes}}]}"""]);

    private Task<string> RunAsync(params string[] arguments) => ProgramAsync(["route53", .. arguments]);

    private async Task<string> ProgramAsync(params string[] arguments)
    {
        (int code, string text) = await AwsProgram.RunAsync(Host, Host.Eks!.Settings.SecretAccessKey, arguments);
        Assert.True(code == 0, $"aws {string.Join(' ', arguments)} ended with {code}: {text}");
        return text.Trim();
    }
}
