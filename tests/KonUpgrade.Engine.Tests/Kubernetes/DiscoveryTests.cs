using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Engine.Tests.Kubernetes;

/// <summary>What a server serves, however it tells.</summary>
public sealed class DiscoveryTests(SandboxFixture sandbox)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Old_and_new_servers_are_told_apart_by_what_they_serve()
    {
        await using var old = await sandbox.ConnectAsync("old");
        await using var green = await sandbox.ConnectAsync("green");
        var before = await old.Client.DiscoverAsync(Token);
        var after = await green.Client.DiscoverAsync(Token);
        Assert.NotNull(before.Find("batch", "v1beta1", "CronJob"));
        Assert.Null(after.Find("batch", "v1beta1", "CronJob"));
        Assert.Equal("v1", after.FindPreferred("batch", "CronJob")?.Version);
        Assert.Contains("status", before.FindPreferred("apps", "Deployment")!.Subresources);
        // The one tells it group by group, the other all at once; what they take differs.
        Assert.Equal("policy/v1beta1", before.Find("", "v1", "Pod")!.SubresourceVersions["eviction"]);
        Assert.Equal("policy/v1", after.Find("", "v1", "Pod")!.SubresourceVersions["eviction"]);
    }

    [Fact]
    public async Task Aggregated_discovery_marks_what_is_stale()
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Response.ContentType = "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList";
            return context.Response.WriteAsync(context.Request.Path == "/api" ? Aggregated("", "v1", "pods", "Pod") : $$"""
                {"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2beta1","items":[
                  {"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Current","resources":[{"resource":"deployments","responseKind":{"group":"apps","version":"v1","kind":"Deployment"},"scope":"Namespaced","singularResource":"deployment","shortNames":["deploy"],"verbs":["list"],
                    "subresources":[{"subresource":"scale","responseKind":{"kind":"Scale"},"verbs":["get"]}]}]}]},
                  {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale"}]}]}
                """);
        });
        var catalog = await DiscoverAsync(server);
        Assert.Equal(["v1 Pod", "apps/v1 Deployment"], catalog.Resources.Select(r => r.ToString()));
        Assert.Equal(["scale"], catalog.Resources[1].Subresources);
        var failure = Assert.Single(catalog.Failures);
        Assert.Equal(("GroupDiscoveryFailed", "metrics.k8s.io/v1beta1"), (failure.Id, failure.Target));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Legacy_discovery_goes_on_past_a_group_that_fails()
    {
        await using var server = await FakeServer.StartAsync(context => context.Request.Path.Value switch
        {
            "/api" => FakeServer.JsonAsync(context, """{"kind":"APIVersions","versions":["v1"]}"""),
            "/api/v1" => FakeServer.JsonAsync(context, """{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","singularName":"","namespaced":true,"kind":"Pod","verbs":["list"],"shortNames":["po"]},{"name":"pods/eviction","singularName":"","namespaced":true,"group":"policy","version":"v1","kind":"Eviction","verbs":["create"]}]}"""),
            "/apis" => FakeServer.JsonAsync(context, """{"kind":"APIGroupList","groups":[{"name":"autoscaling","versions":[{"groupVersion":"autoscaling/v1","version":"v1"},{"groupVersion":"autoscaling/v2","version":"v2"}],"preferredVersion":{"groupVersion":"autoscaling/v2","version":"v2"}},{"name":"dead.example.com","versions":[{"groupVersion":"dead.example.com/v1","version":"v1"}]}]}"""),
            "/apis/dead.example.com/v1" => FakeServer.StatusAsync(context, 503, "ServiceUnavailable", "the server is currently unable to handle the request"),
            var path => FakeServer.JsonAsync(context, $$"""{"kind":"APIResourceList","resources":[{"name":"horizontalpodautoscalers","namespaced":true,"kind":"HorizontalPodAutoscaler","verbs":["list"],"shortNames":["hpa"]}]}"""),
        });
        var catalog = await DiscoverAsync(server);
        Assert.Equal(["v1 Pod", "autoscaling/v2 HorizontalPodAutoscaler", "autoscaling/v1 HorizontalPodAutoscaler"], catalog.Resources.Select(r => r.ToString()));
        Assert.Equal(["eviction"], catalog.Resources[0].Subresources);
        Assert.Equal("v2", catalog.FindPreferred("autoscaling", "HorizontalPodAutoscaler")?.Version);
        Assert.Equal("dead.example.com/v1", Assert.Single(catalog.Failures).Target);
    }

    [Fact]
    public async Task A_login_that_is_refused_is_no_empty_catalog()
    {
        await using var server = await FakeServer.StartAsync(context => FakeServer.StatusAsync(context, 401, "Unauthorized", "Unauthorized"));
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => DiscoverAsync(server));
        Assert.Equal("LoginRefused", e.Failure.Id);
    }

    [Fact]
    public async Task A_server_that_is_none_says_so()
    {
        await using var server = await FakeServer.StartAsync(context => FakeServer.JsonAsync(context, "<html>"));
        Assert.Equal("InvalidResponse", (await Assert.ThrowsAsync<KubernetesApiException>(() => DiscoverAsync(server))).Failure.Id);
    }

    [Theory]
    [InlineData("Deployment", "apps/v1 Deployment")]
    [InlineData("deployments", "apps/v1 Deployment")]
    [InlineData("deploy", "apps/v1 Deployment")]
    [InlineData("DEPLOY", "apps/v1 Deployment")]
    [InlineData("deployments.apps", "apps/v1 Deployment")]
    [InlineData("deployments.v1beta1.apps", "apps/v1beta1 Deployment")]
    [InlineData("pods.v1", "v1 Pod")]
    [InlineData("App.k11n.dev", "k11n.dev/v1 App")]
    [InlineData("apps.k11n.dev", "k11n.dev/v1 App")]
    [InlineData("event", "v1 Event, events.k8s.io/v1 Event")]
    [InlineData("events.events.k8s.io", "events.k8s.io/v1 Event")]
    [InlineData("nothing", "")]
    [InlineData("", "")]
    [InlineData(".", "")]
    public void Words_find_what_kubectl_would_find(string word, string expected)
    {
        var catalog = new ApiCatalog(
            [
                Resource("", "v1", "Pod", "pods", "po"), Resource("", "v1", "Event", "events", "ev"), Resource("apps", "v1", "Deployment", "deployments", "deploy"),
                Resource("apps", "v1beta1", "Deployment", "deployments", "deploy"), Resource("events.k8s.io", "v1", "Event", "events", "ev"), Resource("k11n.dev", "v1", "App", "apps", "app"),
            ],
            []);
        Assert.Equal(expected, string.Join(", ", catalog.Match(word)));
    }

    private static ApiResource Resource(string group, string version, string kind, string plural, string shortName) =>
        new() { Group = group, Version = version, Kind = kind, Plural = plural, Singular = kind.ToLowerInvariant(), ShortNames = [shortName], Namespaced = true };

    private static string Aggregated(string group, string version, string plural, string kind) =>
        $$$"""{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"{{{group}}}"},"versions":[{"version":"{{{version}}}","resources":[{"resource":"{{{plural}}}","responseKind":{"kind":"{{{kind}}}"},"scope":"Namespaced","singularResource":"x","verbs":["list"]}]}]}]}""";

    private static async Task<ApiCatalog> DiscoverAsync(FakeServer server)
    {
        await using var client = new KubernetesClient(server.Endpoint(), NullReporter.Instance);
        return await client.DiscoverAsync(Token);
    }
}
