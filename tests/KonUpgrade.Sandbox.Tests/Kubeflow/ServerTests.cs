using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.Kubeflow;

/// <summary>What the servers of a Kubeflow answer who are asked through the API server.</summary>
public sealed class ServerTests
{
    private const string Health = "/api/v1/namespaces/kubeflow/services/http:ml-pipeline:8888/proxy/apis/v2beta1/healthz";
    private const string BackEnds = "/sandbox/clusters/blue/back-ends";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_answers_as_long_as_its_pod_is_ready_and_as_it_is_told()
    {
        await using SandboxHost host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("blue", "1.33") { DataPlane = new() { Speed = 0, ReadyAfter = TimeSpan.FromSeconds(2) } }] }, Token);
        SandboxCluster cluster = host.Cluster("blue");
        cluster.Seed([.. Server("ml-pipeline", 8888), .. Server("centraldashboard", 80), .. Server("quiet", 80)]);
        using var client = new ApiClient(host, cluster);
        await cluster.DataPlane!.AddNodeAsync(new() { Name = "n1" }, Token);
        await cluster.DataPlane.SettleAsync(Token);
        Assert.Equal("no endpoints available for service \"ml-pipeline\"", (await client.GetAsync(Health)).Must(503).Message);

        await cluster.DataPlane.AdvanceAsync(TimeSpan.FromMinutes(1), Token);
        Assert.True((bool)(await client.GetAsync(Health)).Must(200).Json["multi_user"]!);
        Assert.Equal("2.0.0", (string?)(await client.GetAsync(Health.Replace("v2beta1", "v1beta1", StringComparison.Ordinal))).Must(200).Json["tag_name"]);
        (await client.GetAsync(Health + "/more")).Must(404);
        Assert.Contains("Kubeflow Central Dashboard", (await client.GetAsync("/api/v1/namespaces/kubeflow/services/centraldashboard:http/proxy/")).Must(200).Text, StringComparison.Ordinal);
        Assert.Matches(@"^error trying to reach service: dial tcp [\d.]+:80: connect: connection refused$", (await client.GetAsync("/api/v1/namespaces/kubeflow/services/quiet:80/proxy/")).Must(503).Message);
        (await client.PostAsync(Health, "{}")).Must(501);

        using var control = new ApiClient(host, host.ControlUri, host.ControlToken);
        (await control.PostAsync(BackEnds, """{"namespace":"kubeflow","service":"ml-pipeline","status":500,"body":"no database"}""")).Must(201);
        Assert.Equal("no database", (await client.GetAsync(Health)).Must(500).Text);
        (await control.PostAsync(BackEnds, """{"namespace":"kubeflow","service":"ml-pipeline","path":"/apis/v2beta1/healthz","hangs":true}""")).Must(201);
        using (var soon = CancellationTokenSource.CreateLinkedTokenSource(Token))
        {
            soon.CancelAfter(TimeSpan.FromMilliseconds(300));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Http.GetAsync(Health, soon.Token));
        }
        (await control.DeleteAsync(BackEnds)).Must(200);
        (await client.GetAsync(Health)).Must(200);
    }

    [Fact]
    public async Task Where_a_server_sends_on_to_is_behind_the_proxy_and_only_who_may_gets_there()
    {
        await using SandboxHost host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("blue", "1.33") { DataPlane = new() { Speed = 0, ReadyAfter = TimeSpan.Zero } }] }, Token);
        SandboxCluster cluster = host.Cluster("blue");
        cluster.Seed(Server("istio-ingressgateway", 80, "istio-system"));
        await cluster.DataPlane!.AddNodeAsync(new() { Name = "n1" }, Token);
        await cluster.DataPlane.AdvanceAsync(TimeSpan.FromMinutes(1), Token);
        const string Proxy = "/api/v1/namespaces/istio-system/services/istio-ingressgateway:80/proxy";
        using var client = new ApiClient(host, cluster);
        Assert.Equal(Proxy + "/dex/auth?client_id=kubeflow-oidc-authservice", (await client.GetAsync(Proxy + "/")).Must(302).Location);
        Assert.Equal(Proxy + "/", (await client.GetAsync(Proxy)).Must(301).Location);

        string viewer = File.ReadAllText(host.KubeConfigPath) is var config && config.IndexOf("- name: blue-viewer\n  user:", StringComparison.Ordinal) is var at
            ? config[(config.IndexOf("token: ", at, StringComparison.Ordinal) + 7)..].Split('\n')[0] : "";
        using var reader = new ApiClient(host, cluster, viewer);
        Assert.Equal(
            "services \"istio-ingressgateway:80\" is forbidden: User \"blue-viewer\" cannot get resource \"services/proxy\" in API group \"\" in the namespace \"istio-system\"",
            (await reader.GetAsync(Proxy + "/")).Must(403).Message);
        cluster.Deny(new() { User = "blue-admin", Resource = "services/proxy" });
        (await client.GetAsync(Proxy + "/")).Must(403);
        (await client.GetAsync("/api/v1/namespaces/istio-system/services/istio-ingressgateway")).Must(200);
    }

    private static IEnumerable<string> Server(string name, int port, string ns = "kubeflow") =>
    [
        $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"},"spec":{"selector":{"app":"{{{name}}}"},"ports":[{"name":"http","port":{{{port}}}}]}}""",
        $$$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"{{{name}}}"}},"template":{"metadata":{"labels":{"app":"{{{name}}}"}},"spec":{"containers":[{"name":"c","image":"i"}]} } } }""",
    ];
}
