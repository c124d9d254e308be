using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Elb;
using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Engine.Tests.Programs;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Dns;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>The clients of Route 53 and of load balancers, against moto's server, which nobody here wrote, and against the sandbox, which checks what moto does not.</summary>
public sealed class Route53Tests(MotoServer moto) : IClassFixture<MotoServer>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_zone_is_found_by_its_name_and_its_records_are_changed_and_read()
    {
        moto.Require();
        var zoneId = await CreateZoneAsync("moto.example.com");
        using var dns = new Route53Client(AwsScene.Options(new Uri(moto.Url)), NullReporter.Instance);
        var zone = Assert.Single(await dns.ListHostedZonesByNameAsync("moto.example.com", Token));
        Assert.Equal((zoneId, "moto.example.com.", false), (zone.Id, zone.Name, zone.PrivateZone));
        Assert.Empty(await dns.ListHostedZonesByNameAsync("example.com", Token));
        Assert.Equal(zone.Id, (await dns.GetHostedZoneAsync(zoneId, Token))?.Id);
        Assert.Null(await dns.GetHostedZoneAsync("ZNOBODY", Token));
        Assert.Contains(zone.Id, await dns.ListHostedZonesAsync(Token).Select(static one => one.Id).ToListAsync(Token));
        var blue = ResourceRecordSet.Of("shop.moto.example.com.", "CNAME", 60, "blue.elb.amazonaws.com");
        var change = await dns.ChangeResourceRecordSetsAsync(zoneId, [new("CREATE", blue)], "test", Token);
        Assert.True((await dns.GetChangeAsync(change.Id, Token)).IsInSync);
        await dns.ChangeResourceRecordSetsAsync(zoneId, [new("DELETE", blue), new("CREATE", blue.Weighted("b", 90)), new("CREATE", blue.Weighted("g", 10).Pointing("green.elb.amazonaws.com"))], "test", Token);
        var records = await dns.ListResourceRecordSetsAsync(zoneId, "shop.moto.example.com.", null, Token).Where(static record => record.Type == "CNAME").ToListAsync(Token);
        Assert.Equal(["b 90 blue.elb.amazonaws.com", "g 10 green.elb.amazonaws.com"], records.Select(static record => $"{record.SetIdentifier} {record.Weight} {record.Values[0]}"));
        var e = await Assert.ThrowsAsync<AwsException>(() => dns.ListResourceRecordSetsAsync("ZNOBODY", null, null, Token).ToListAsync(Token).AsTask());
        Assert.Equal(("HostedZoneNotFound", FailureKind.NotFound), (e.Failure.Id, e.Failure.Kind));
    }

    [Fact]
    public async Task Load_balancers_are_listed_with_their_zones()
    {
        await using var host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("green", "1.34") { HasLoadBalancers = true }] }, Token);
        host.Cluster("green").Seed(["""{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"namespace":"shop","name":"web"},"spec":{"defaultBackend":{"service":{"name":"web","port":{"number":80}}}}}""", """{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"shop","name":"api"},"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}"""]);
        using var balancers = new LoadBalancerClient(Options(host), NullReporter.Instance);
        var all = await balancers.DescribeLoadBalancersAsync(Token).ToListAsync(Token);
        Assert.Equal(["application Z215JYRZR1TBD5", "network Z3F0SRJ5LGBH90"], all.Select(static one => $"{one.Type} {one.CanonicalHostedZoneId}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pages_are_followed_throttling_is_tried_again_and_refusals_are_told_by_what_they_mean()
    {
        await using var host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("blue", "1.33")], Dns = new DnsSettings { MostInAPage = 2, Zones = [new("a.test"), new("b.test"), new("c.test")] } }, Token);
        using var dns = new Route53Client(Options(host), NullReporter.Instance);
        Assert.Equal(3, await dns.ListHostedZonesAsync(Token).CountAsync(Token));
        var zone = host.Dns!.ZoneId("a.test");
        for (var at = 0; at < 5; at++)
            host.Dns.Put(zone, $"<ResourceRecordSet><Name>r{at}.a.test</Name><Type>TXT</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>\"{at}\"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>");
        Assert.Equal(7, await dns.ListResourceRecordSetsAsync(zone, null, null, Token).CountAsync(Token));
        Assert.Equal("r3.a.test.", (await dns.ListResourceRecordSetsAsync(zone, "r3.a.test.", 1, Token).FirstAsync(Token)).Name);
        var throttled = host.Faults.Add(new SandboxFault { Kind = FaultKind.TooManyRequests, Verb = "GetHostedZone", Count = 1 });
        Assert.Equal("a.test.", (await dns.GetHostedZoneAsync(zone, Token))?.Name);
        Assert.Equal(1, host.Faults.Struck(throttled));
        foreach (var (change, id, kind, words) in new (RecordChange, string, FailureKind, string)[]
        {
            (new("CREATE", ResourceRecordSet.Of("r1.a.test.", "TXT", 60, "\"x\"")), "RecordChangeRefused", FailureKind.Conflict, "but it already exists"),
            (new("UPSERT", ResourceRecordSet.Of("r1.a.test.", "A", 60, "nonsense")), "RecordChangeRefused", FailureKind.Conflict, "ARRDATAIllegalIPv4Address"),
            (new("UPSERT", ResourceRecordSet.Of("r1.a.test.", "NONE", 60, "x")), "RecordChangeInvalid", FailureKind.InvalidData, "enum value set"),
        })
        {
            var e = await Assert.ThrowsAsync<AwsException>(() => dns.ChangeResourceRecordSetsAsync(zone, [change], "test", Token));
            Assert.Equal((id, kind), (e.Failure.Id, e.Failure.Kind));
            Assert.Contains(words, e.Failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_services_oldest_error_has_a_shape_of_its_own()
    {
        await using var server = await FakeServer.StartAsync(static context =>
        {
            context.Response.StatusCode = 400;
            return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, """<InvalidChangeBatch xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Messages><Message>Tried this</Message><Message>and that</Message></Messages><RequestId>r</RequestId></InvalidChangeBatch>""");
        });
        using var dns = new Route53Client(AwsScene.Options(server.Uri), NullReporter.Instance);
        var e = await Assert.ThrowsAsync<AwsException>(() => dns.ChangeResourceRecordSetsAsync("Z1", [new("UPSERT", ResourceRecordSet.Of("a.test.", "A", 1, "192.0.2.1"))], "test", Token));
        Assert.Equal("RecordChangeRefused", e.Failure.Id);
        Assert.Contains("[Tried this, and that]", e.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Name":"a.test.","Type":"A","SetIdentifier":"x","Region":"eu-west-1","TTL":60,"ResourceRecords":[{"Value":"192.0.2.1"},{"Value":"192.0.2.2"}],"HealthCheckId":"h"}""", "Region")]
    [InlineData("""{"Name":"\\052.a.test.","Type":"A","AliasTarget":{"HostedZoneId":"Z1","DNSName":"x.test.","EvaluateTargetHealth":true}}""", null)]
    [InlineData("""{"Name":"a.test.","Type":"A","SetIdentifier":"x","GeoLocation":{"ContinentCode":"EU"},"TTL":60,"ResourceRecords":[{"Value":"192.0.2.1"}]}""", "GeoLocation")]
    [InlineData("""{"Name":"a.test.","Type":"A","SetIdentifier":"x","MultiValueAnswer":true,"TTL":60,"ResourceRecords":[{"Value":"192.0.2.1"}]}""", "MultiValueAnswer")]
    [InlineData("""{"Name":"a.test.","Type":"TXT","TTL":60,"ResourceRecords":[{"Value":"\"a <b> & \\\"c\\\"\" \"d\""}],"FieldOfTomorrow":{"Deep":"x"}}""", null)]
    public void A_record_is_the_same_after_json_and_xml(string json, string? routing)
    {
        var record = ResourceRecordSet.Parse(json);
        Assert.Equal(json, record.ToJson());
        Assert.Equal(routing, record.RoutingField);
        Assert.True(record.Same(ResourceRecordSet.Read(System.Xml.Linq.XElement.Parse(record.ToXml("urn:x").ToString(System.Xml.Linq.SaveOptions.DisableFormatting)))));
        Assert.False(record.Same(record.Weighted("y", 1)));
    }

    private static AwsOptions Options(SandboxHost host) =>
        new() { Region = host.Eks!.Settings.Region, Keys = TestKeys.Of(host.Eks.Settings.AccessKeyId, host.Eks.Settings.SecretAccessKey), EndpointUrl = host.Eks.Uri };

    private async Task<string> CreateZoneAsync(string name)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, moto.Url + "/2013-04-01/hostedzone");
        request.Content = new StringContent($"""<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>{name}</Name><CallerReference>{name}</CallerReference></CreateHostedZoneRequest>""");
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/route53/aws4_request, SignedHeaders=host, Signature=0");
        using var response = await http.SendAsync(request, Token);
        var id = System.Xml.Linq.XElement.Parse(await response.Content.ReadAsStringAsync(Token)).Descendants().First(static element => element.Name.LocalName == "Id").Value;
        return id[(id.LastIndexOf('/') + 1)..];
    }
}
