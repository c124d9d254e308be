using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Hosting;
using static KonUpgrade.Sandbox.Tests.Operators;

namespace KonUpgrade.Sandbox.Tests.Konstellation;

/// <summary>What the operator of a Konstellation makes of Apps, where it runs.</summary>
public sealed class AppTests
{
    private const string Group = "k11n.dev";
    private const string Version = "v1alpha1";
    private const string Configuration = """{"apiVersion":"k11n.dev/v1alpha1","kind":"ClusterConfig","metadata":{"name":"blue"},"spec":{"targets":["production"]}}""";
    private const string Build = """{"apiVersion":"k11n.dev/v1alpha1","kind":"Build","metadata":{"name":"web-1"},"spec":{"registry":"r.example.com","image":"shop/web","tag":"1"}}""";
    private const string App = """
        {"apiVersion":"k11n.dev/v1alpha1","kind":"App","metadata":{"name":"web"},"spec":{"registry":"r.example.com","image":"shop/web","imageTag":"1","scale":{"min":2,"max":4},
        "targets":[{"name":"production","ingress":{"hosts":["shop.example.com"],"port":"http"}},{"name":"elsewhere"}]}}
        """;

    [Fact]
    public async Task An_app_runs_in_the_targets_that_the_cluster_has_and_gets_a_way_in()
    {
        await using SandboxHost host = await StartAsync();
        SandboxCluster cluster = host.Cluster("blue");
        cluster.Seed([Configuration, Build, Deployment("kon-system", "konstellation"), App]);
        await UntilAsync(() => Phase(cluster) == "running" && Address(cluster) is { Length: > 0 });

        Assert.Null(Find(cluster, "AppTarget", "web-elsewhere"));
        JsonObject set = Assert.Single(cluster.Objects(), item => (string?)item["kind"] == "ReplicaSet" && (string?)item["metadata"]!["namespace"] == "production");
        JsonObject release = Find(cluster, "AppRelease", (string)set["metadata"]!["name"]!)!;
        Assert.Equal((2L, "r.example.com/shop/web:1"), ((long)set["spec"]!["replicas"]!, (string?)set["spec"]!["template"]!["spec"]!["containers"]![0]!["image"]));
        Assert.Equal(("active", "released"), ((string?)release["spec"]!["role"], (string?)release["status"]!["state"]));
        Assert.Equal("shop.example.com", (string?)Find(cluster, "IngressRequest", "web-production")!["spec"]!["hosts"]![0]);
        // The gateway tells hosts apart, behind the one load balancer of the target.
        Assert.Null(Find(cluster, "Ingress", "production")!["spec"]!["rules"]![0]!["host"]);
    }

    [Fact]
    public async Task An_app_that_is_halted_from_the_beginning_gets_no_release_and_one_that_is_halted_later_runs_nothing()
    {
        await using SandboxHost host = await StartAsync();
        SandboxCluster cluster = host.Cluster("blue");
        cluster.Seed([Configuration, Build, Deployment("kon-system", "konstellation"), App.Replace("\"name\":\"production\"", "\"name\":\"production\",\"deployMode\":\"halt\"", StringComparison.Ordinal)]);
        await UntilAsync(() => Phase(cluster) == "halted");
        Assert.DoesNotContain(cluster.Objects(), item => (string?)item["kind"] is "AppRelease" or "ReplicaSet" && (string?)item["metadata"]!["namespace"] == "production");

        Deploy(cluster, "latest");
        await UntilAsync(() => Phase(cluster) == "running");
        Deploy(cluster, "halt");
        await UntilAsync(() => Phase(cluster) == "halted" && cluster.Objects().All(item => (string?)item["kind"] != "ReplicaSet" || (string?)item["metadata"]!["namespace"] != "production" || (long)item["spec"]!["replicas"]! == 0));
    }

    [Fact]
    public async Task Without_its_operator_an_app_stays_as_it_is_and_what_nobody_built_is_registered_with_it()
    {
        await using SandboxHost host = await StartAsync();
        SandboxCluster cluster = host.Cluster("blue");
        cluster.Seed([Configuration, Deployment("kon-system", "konstellation", replicas: 0), App.Replace("r.example.com", "123456789012.dkr.ecr.us-west-2.amazonaws.com", StringComparison.Ordinal).Replace("\"imageTag\":\"1\"", "\"imageTag\":\"2026-02-27\"", StringComparison.Ordinal)]);
        await UntilAsync(() => (long?)Find(cluster, "Deployment", "konstellation")?["status"]?["observedGeneration"] == 1);
        Assert.Null(Phase(cluster));
        cluster.Patch("apps/v1", "Deployment", "kon-system", "konstellation", """{"spec":{"replicas":1}}""", "kubectl");
        await UntilAsync(() => Phase(cluster) == "running");
        Assert.NotNull(Find(cluster, "Build", "shop-web-2026-02-27-6175"));
    }

    [Fact]
    public async Task A_new_build_takes_the_place_of_the_one_before()
    {
        await using SandboxHost host = await StartAsync();
        SandboxCluster cluster = host.Cluster("blue");
        cluster.Seed([Configuration, Build, Deployment("kon-system", "konstellation"), App]);
        await UntilAsync(() => Phase(cluster) == "running");
        cluster.Patch("k11n.dev/v1alpha1", "App", "", "web", """{"spec":{"imageTag":"2"}}""", "kubectl");
        await UntilAsync(() => Phase(cluster) == "running" && Releases(cluster, "retired") == 1 && Releases(cluster, "released") == 1);
        Assert.Equal([0L, 2L], cluster.Objects().Where(item => (string?)item["kind"] == "ReplicaSet" && (string?)item["metadata"]!["namespace"] == "production").Select(item => (long)item["spec"]!["replicas"]!).Order());
    }

    private static async Task<SandboxHost> StartAsync()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        SandboxHost host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("blue", "1.33") { DataPlane = new DataPlaneSettings { Speed = 600 }, HasLoadBalancers = true }] }, token);
        SandboxCluster cluster = host.Cluster("blue");
        await cluster.DataPlane!.AddNodeAsync(new NodeShape { Name = "node-1" }, token);
        cluster.Seed(
        [
            .. ((string[])["App", "AppTarget", "Build", "ClusterConfig"]).Select(kind => Definition(Group, Version, kind, "Cluster")),
            .. ((string[])["AppRelease", "IngressRequest"]).Select(kind => Definition(Group, Version, kind, "Namespaced")),
            .. ((string[])["production", "istio-system", "kon-system"]).Select(name => new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } }.ToJsonString()),
        ]);
        return host;
    }

    private static string? Phase(SandboxCluster cluster) => (string?)Find(cluster, "AppTarget", "web-production")?["status"]?["phase"];

    private static int Releases(SandboxCluster cluster, string state) => cluster.Objects().Count(item => (string?)item["kind"] == "AppRelease" && (string?)item["status"]?["state"] == state);

    private static string? Address(SandboxCluster cluster) => (string?)Find(cluster, "AppTarget", "web-production")?["status"]?["hostname"];

    private static void Deploy(SandboxCluster cluster, string mode) =>
        cluster.Patch("k11n.dev/v1alpha1", "App", "", "web", """{"spec":{"targets":[{"name":"production","deployMode":"MODE"}]}}""".Replace("MODE", mode, StringComparison.Ordinal), "kubectl");
}
