using KonUpgrade.Engine.Aws.Route53;
using KonUpgrade.Engine.Traffic;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Dns;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Engine.Tests.Traffic;

/// <summary>What is told of a name's traffic, and why a name can't be switched.</summary>
public sealed class TrafficReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_that_can_not_be_switched_says_why_and_is_left()
    {
        await using var scene = await TrafficScene.StartAsync();
        const string Policy = "<ResourceRecordSet><Name>policy.example.com.</Name><Type>A</Type><TrafficPolicyInstanceId>p-1</TrafficPolicyInstanceId></ResourceRecordSet>";
        scene.With(
            [.. TrafficSwitchTests.Form("latency"), Policy,
            TrafficScene.Cname("owned.example.com", TrafficScene.BlueName), TrafficScene.Text("cname-owned.example.com", "heritage=external-dns,external-dns/owner=blue,external-dns/resource=ingress/shop/web"),
            TrafficScene.Cname("away.example.com", "cdn.test"), TrafficScene.Cname("*.wild.example.com", TrafficScene.BlueName),
            TrafficScene.Cname("many.example.com", TrafficScene.BlueName, more: TrafficScene.Weight("a", 1)), TrafficScene.Cname("many.example.com", TrafficScene.BlueName, more: TrafficScene.Weight("b", 1)),
            "<ResourceRecordSet><Name>address.example.com.</Name><Type>A</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.7</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>"]);
        scene.Sandbox.Cluster("blue").Seed([TrafficScene.Ingress("istio-system", "bare", "192.0.2.7").Replace("hostname", "ip", StringComparison.Ordinal)]);
        scene.Sandbox.Cluster("green").Seed([TrafficScene.Ingress("istio-system", "bare", TrafficScene.GreenName)]);
        var before = scene.Records;
        foreach (var (name, id) in new[]
        {
            ("shop.example.com", "TrafficRoutingNotWeighted"), ("owned.example.com", "TrafficOwnedByExternalDns"), ("away.example.com", "TrafficTargetUnknown"), ("x.wild.example.com", "TrafficRecordNotFound"),
            ("none.example.com", "TrafficRecordNotFound"), ("shop.example.org", "TrafficDnsElsewhere"), ("policy.example.com", "TrafficPolicyOwned"), ("many.example.com", "TrafficRecordsSeveral"),
            ("address.example.com", "TrafficRecordTypeDiffers"),
        })
        {
            var e = await Assert.ThrowsAsync<UpgradeException>(() => scene.SwitchAsync(scene.Options with { HostName = [name] }, Token));
            Assert.Equal((id, name), (e.Failure.Id, e.Failure.Target));
            Assert.NotNull(e.Failure.Recommendation);
        }
        Assert.Equal("HostNameInvalid", (await Assert.ThrowsAsync<UpgradeException>(() => scene.SwitchAsync(scene.Options with { HostName = ["no name"] }, Token))).Failure.Id);
        Assert.Equal("TrafficWeightInvalid", (await Assert.ThrowsAsync<UpgradeException>(() => scene.SwitchAsync(scene.Options with { Weight = [50, 20] }, Token))).Failure.Id);
        Assert.Equal("TrafficZoneWrong", (await Assert.ThrowsAsync<UpgradeException>(() => scene.SwitchAsync(scene.Options with { HostedZoneId = scene.Sandbox.Dns!.ZoneId("other.test") }, Token))).Failure.Id);
        // One name that can't be switched keeps all where they are.
        await Assert.ThrowsAsync<UpgradeException>(() => scene.SwitchAsync(scene.Options with { HostName = ["many.example.com", "x.wild.example.com"], Weight = [] }, Token));
        Assert.Equal(before, scene.Records);
        Assert.Contains("wild.example.com answers for it", (await scene.ReadAsync(new TrafficOptions { HostName = ["x.wild.example.com"] })).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_of_several_zones_go_over_together_a_wildcard_among_them()
    {
        await using var scene = (await TrafficScene.StartAsync()).With([.. TrafficSwitchTests.Form("simple"), TrafficScene.Cname("*.apps.example.com", TrafficScene.BlueName)]);
        scene.Sandbox.Dns!.Put(scene.Sandbox.Dns.ZoneId("other.test"), TrafficScene.Alias("other.test", "A", TrafficScene.BlueName));
        using var dns = scene.Dns();
        var options = scene.Options with { HostName = [TrafficScene.Host, "*.apps.example.com", "other.test"] };
        var prepared = await scene.PrepareAsync(dns, options);
        var done = await prepared.RunAsync(Token);
        Assert.Equal(["shop.example.com Switched Green", "*.apps.example.com Switched Green", "other.test Switched Green"], done.Select(static one => $"{one.HostName} {one.Action} {one.ServedBy}"));
        await TrafficSwitch.PutBackAsync(dns, prepared.Before, scene.Reporter, Token, options.Time);
        var reader = new TrafficReader(dns, scene.Blue, scene.Green);
        dns.Forget();
        Assert.Equal(["*.apps.example.com Blue", "other.test Blue", "shop.example.com Blue"], (await reader.FindAsync(null, Token).ToListAsync(Token)).Select(static one => $"{one.HostName} {one.ServedBy}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_public_zone_comes_before_a_private_one_and_records_in_both_need_a_word()
    {
        await using var scene = (await TrafficScene.StartAsync()).With(TrafficSwitchTests.Form("simple"));
        var inside = scene.Sandbox.Dns!.Add(new DnsZone("example.com") { IsPrivate = true });
        Assert.False((await scene.ReadAsync()).IsPrivateZone);
        scene.Sandbox.Dns.Put(inside, TrafficSwitchTests.Form("simple"));
        Assert.Equal("TrafficZoneAmbiguous", (await scene.ReadAsync()).Failure?.Id);
        Assert.True((await scene.ReadAsync(new TrafficOptions { HostName = [TrafficScene.Host], HostedZoneId = inside })) is { IsPrivateZone: true, Failure: null });
    }

    [Theory]
    [InlineData("named by rule", "Ingress a/one")]
    [InlineData("same object", "Ingress istio-system/shop")]
    [InlineData("ambiguous", null)]
    public async Task Greens_load_balancer_is_found(string how, string? source)
    {
        await using var scene = (await TrafficScene.StartAsync()).With(TrafficSwitchTests.Form("simple"));
        var green = scene.Sandbox.Cluster("green");
        switch (how)
        {
            case "named by rule":
                green.Patch("networking.k8s.io/v1", "Ingress", "istio-system", "shop", """{"spec":{"rules":[{"host":"other.example.com"}]}}""", "test");
                green.Seed([TrafficScene.Ingress("a", "one", "one.eu-central-1.elb.amazonaws.com", TrafficScene.Host), TrafficScene.Ingress("a", "two", "two.eu-central-1.elb.amazonaws.com", "*.example.com")]);
                break;
            case "same object":
                green.Seed([TrafficScene.Ingress("a", "one", "one.eu-central-1.elb.amazonaws.com")]);
                break;
            default:
                scene.Sandbox.Cluster("blue").Seed([TrafficScene.Ingress("b", "x", "x.eu-central-1.elb.amazonaws.com")]);
                scene.Sandbox.Dns!.Put(scene.Zone, TrafficScene.Cname(TrafficScene.Host, "x.eu-central-1.elb.amazonaws.com"));
                green.Seed([TrafficScene.Ingress("a", "one", "one.eu-central-1.elb.amazonaws.com")]);
                break;
        }
        Assert.Equal(source, (await scene.ReadAsync()).GreenSource);
        Assert.Equal("Ingress a/one", how == "same object" ? "Ingress a/one" : (await scene.ReadAsync(new TrafficOptions { HostName = [TrafficScene.Host], GreenSource = "ingress a/one" })).GreenSource);
        if (source is null)
            Assert.Equal("TrafficAddressAmbiguous", (await Assert.ThrowsAsync<UpgradeException>(() => scene.SwitchAsync(cancellationToken: Token))).Failure.Id);
    }

    [Fact]
    public async Task Another_kind_of_load_balancer_is_asked_of_its_service_for_the_zone_of_an_alias()
    {
        await using var scene = (await TrafficScene.StartAsync()).With(TrafficSwitchTests.Form("alias"));
        var green = scene.Sandbox.Cluster("green");
        green.Seed([TrafficScene.Ingress("a", "nlb", "nlb-1.elb.eu-central-1.amazonaws.com")]);
        Assert.Equal("TrafficLoadBalancerNotFound", (await Assert.ThrowsAsync<UpgradeException>(() => scene.SwitchAsync(scene.Options with { GreenSource = "Ingress a/nlb" }, Token))).Failure.Id);
    }

    [Theory]
    [InlineData(200, 0, 60_000, 60_000, null)]
    [InlineData(302, 0, 60_000, 60_000, null)]
    [InlineData(404, 0, 60_000, 60_000, "answered 404.")]
    [InlineData(200, 300, 200, 60_000, "more than the 200 that are allowed.")]
    [InlineData(200, Timeout.Infinite, 60_000, 500, "was not answered within 0.5 s.")]
    public async Task A_load_balancer_is_asked_by_the_name_of_the_host(int status, int delay, int latency, int timeout, string? answer)
    {
        await using var scene = await TrafficScene.StartAsync();
        string? asked = null;
        scene.Answer = async context =>
        {
            asked = $"{context.Request.Host} {context.Request.Path}";
            await Task.Delay(delay, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "https://nowhere.test/";
        };
        var probe = new LoadBalancerProbe(new TrafficProbe
        {
            Uri = new Uri("http://shop.example.com:8080/healthz"),
            Address = scene.Balancer.Uri.Authority,
            MaximumLatency = TimeSpan.FromMilliseconds(latency),
            Timeout = TimeSpan.FromMilliseconds(timeout),
        });
        var said = await probe.AskAsync("shop.example.com", "nowhere.test", Token);
        Assert.Equal("shop.example.com:8080 /healthz", asked);
        if (answer is null)
            Assert.Null(said);
        else
            Assert.EndsWith(answer, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_host_is_named_in_the_handshake_and_the_certificate_counts()
    {
        using var authority = new Support.TestAuthority();
        await using var server = await Support.FakeServer.StartAsync(static context => context.Response.WriteAsync("hi"), authority.Server(names: "shop.example.com"));
        var probe = new TrafficProbe { Address = server.Uri.Authority };
        Assert.Contains("was not answered: the server's certificate", await new LoadBalancerProbe(probe).AskAsync("shop.example.com", "x.test", Token), StringComparison.Ordinal);
        await using var plain = await Support.FakeServer.StartAsync(static context => context.Response.WriteAsync("hi"));
        Assert.EndsWith(
            "was not answered: no TLS connection could be agreed on; a probe that is a URL with http:// asks without TLS.",
            await new LoadBalancerProbe(new TrafficProbe { Address = plain.Uri.Authority }).AskAsync("shop.example.com", "x.test", Token), StringComparison.Ordinal);
        Assert.Null(await new LoadBalancerProbe(probe with { SkipCertificateCheck = true }).AskAsync("shop.example.com", "x.test", Token));
        Assert.Equal("https://shop.example.com/healthz", new LoadBalancerProbe(new TrafficProbe { Uri = new Uri("/healthz", UriKind.RelativeOrAbsolute) }).UriFor("shop.example.com").ToString());
        Assert.Equal("TrafficProbeNeedsUri", Assert.Throws<UpgradeException>(() => new LoadBalancerProbe(new TrafficProbe()).UriFor("*.example.com")).Failure.Id);
        Assert.Equal("TrafficProbeAddressInvalid", (await Assert.ThrowsAsync<UpgradeException>(() => new LoadBalancerProbe(new TrafficProbe { Address = "a b/c" }).AskAsync("shop.example.com", "x.test", Token))).Failure.Id);
    }

    [Theory]
    [InlineData("shop.example.com", "shop.example.com", true)]
    [InlineData("shop.example.com", "cname-shop.example.com", true)]
    [InlineData("shop.example.com", "a-shop.example.com", true)]
    [InlineData("shop.example.com", "extdns.shop.example.com", true)]
    [InlineData("shop.example.com", "extdns-shop.example.com", true)]
    [InlineData("shop.example.com", "shop-registry.example.com", true)]
    [InlineData("*.example.com", "cname-wildcard.example.com", true)]
    [InlineData("shop.example.com", "cname-myshop.example.com", false, "myshop.example.com")]
    [InlineData("shop.example.com", "shop-admin.example.com", false, "shop-admin.example.com")]
    [InlineData("shop.example.com", "extdns-myshop.example.com", false, "myshop.example.com")]
    [InlineData("shop.example.com", "shop-admin-registry.example.com", false, "shop-admin.example.com")]
    [InlineData("shop.example.com", "cname-web.example.com", false)]
    public void What_external_dns_owns_is_told_by_its_registry(string host, string registry, bool isOwned, string other = "else.example.com")
    {
        ResourceRecordSet[] records =
        [
            ResourceRecordSet.Of($"{host.Replace("*", "\\052", StringComparison.Ordinal)}.", "CNAME", 60, "x.test"),
            ResourceRecordSet.Of($"{other}.", "CNAME", 60, "x.test"),
            ResourceRecordSet.Of($"{registry}.", "TXT", 60, "\"heritage=external-dns,external-dns/owner=me\""),
            ResourceRecordSet.Of($"{host.Replace("*", "\\052", StringComparison.Ordinal)}.", "TXT", 60, "\"v=spf1 -all\""),
        ];
        Assert.Equal(isOwned ? "heritage=external-dns,external-dns/owner=me" : null, ExternalDns.OwnerOf(host, records));
    }

    [Theory]
    [InlineData("Shop.Example.COM.", "shop.example.com")]
    [InlineData("*.example.com", "*.example.com")]
    [InlineData("bücher.example.com", "xn--bcher-kva.example.com")]
    [InlineData("_x.example.com", "_x.example.com")]
    [InlineData("example", null)]
    [InlineData("a..b", null)]
    [InlineData("a b.test", null)]
    [InlineData("x.*.test", null)]
    [InlineData("", null)]
    public void A_host_name_is_read(string text, string? name) => Assert.Equal(name, HostNames.Normal(text));

    [Fact]
    public void A_marker_keeps_records_of_any_size_and_foreign_text_is_none()
    {
        var records = Enumerable.Range(0, 6).Select(static at => ResourceRecordSet.Of("shop.example.com.", "CNAME", 300, $"blue-{at}.elb.amazonaws.com").Weighted($"set {at} \"ü\"", at));
        var marker = new TrafficMarker(TrafficState.Of("shop.example.com", "Z1", records, "green.test"), DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        var record = marker.ToRecord();
        Assert.All(record.Values[0].Split('"').Where(static (_, at) => at % 2 == 1), static text => Assert.InRange(text.Length, 1, 255));
        Assert.Equal(marker.State.ToJson(), TrafficMarker.Read(record)?.State.ToJson());
        Assert.Equal(marker.At, TrafficMarker.Read(record)?.At);
        foreach (var other in new[] { "\"v=spf1\"", "\"heritage=konupgrade\"", "\"heritage=konupgrade\" \"1\" \"nonsense\"", "\"heritage=konupgrade\" \"1\" \"e30=\"" })
            Assert.Null(TrafficMarker.Read(ResourceRecordSet.Of("_konupgrade.shop.example.com.", "TXT", 60, other)));
    }
}
