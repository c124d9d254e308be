using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.DataPlane;
using KonUpgrade.Sandbox.Eks;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.Eks;

/// <summary>A region with two clusters of its own, whose clocks stand still until the test moves them.</summary>
public abstract class EksPlay : IAsyncLifetime
{
    private SandboxHost? _host;
    private EksClient? _client;
    private ApiClient? _api;

    protected const string Groups = "/clusters/blue/node-groups";
    protected const string Pods = "/api/v1/namespaces/default/pods";

    protected SandboxHost Host => _host ?? throw new InvalidOperationException("The sandbox is not started.");

    protected SandboxEks Eks => Host.Eks!;

    protected EksClient Client => _client!;

    /// <summary>A client of blue's API server.</summary>
    protected ApiClient Api => _api!;

    protected SandboxDataPlane Plane => Host.Cluster("blue").DataPlane!;

    protected virtual EksSettings Settings => new() { LaunchTemplates = [new("lt-0123456789abcdef0", "nodes") { Versions = 2 }, new("lt-0fedcba9876543210", "own-image") { InstanceType = "m5.large", ImageId = "ami-0123456789abcdef0" }] };

    public async ValueTask InitializeAsync()
    {
        _host = await SandboxHost.StartAsync(new SandboxOptions
        {
            Clusters = [new("blue", "1.33") { DataPlane = new() { Speed = 0 } }, new("green", "1.34") { DataPlane = new() { Speed = 0 } }],
            Eks = Settings,
        }, TestContext.Current.CancellationToken);
        _client = new EksClient(Eks);
        _api = new ApiClient(_host, _host.Cluster("blue"));
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        _api?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected Task AdvanceAsync(double seconds) => Plane.AdvanceAsync(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);

    protected Task SettleAsync() => Plane.SettleAsync(TestContext.Current.CancellationToken);

    /// <summary>The body of a CreateNodegroup; <paramref name="more"/> begins with a comma.</summary>
    protected string Body(string name, int desired = 2, string more = "", int min = 0, int max = 10)
        => Bare(name, $$""","scalingConfig":{"minSize":{{min}},"maxSize":{{max}},"desiredSize":{{desired}}}{{more}}""");

    protected string Bare(string name, string more = "", string? subnets = null, string? role = null)
        => $$"""{"nodegroupName":"{{name}}","subnets":{{subnets ?? $"[\"{string.Join("\",\"", Eks.SubnetIds("blue"))}\"]"}},"nodeRole":"{{role ?? Eks.NodeRole("blue")}}"{{more}}}""";

    /// <summary>A node group that is active, with all its nodes.</summary>
    protected async Task<JsonObject> ActiveAsync(string name, int desired = 2, string more = "")
    {
        (await Client.PostAsync(Groups, Body(name, desired, more))).Must(200);
        await AdvanceAsync(30 + (desired * 2) + 2);
        JsonObject group = await DescribeAsync(name);
        Assert.Equal("ACTIVE", (string?)group["status"]);
        return group;
    }

    protected async Task<JsonObject> DescribeAsync(string name) => (JsonObject)(await Client.GetAsync($"{Groups}/{name}")).Must(200).Json["nodegroup"]!;

    protected async Task<string?> StatusAsync(string name) => (string?)(await DescribeAsync(name))["status"];

    protected async Task<JsonObject> UpdateAsync(string name, string id) => (JsonObject)(await Client.GetAsync($"/clusters/blue/updates/{id}?nodegroupName={name}")).Must(200).Json["update"]!;

    protected async Task<IReadOnlyList<JsonObject>> NodesAsync(string? group = null)
        => [.. (await Api.GetAsync("/api/v1/nodes" + (group is null ? "" : $"?labelSelector=eks.amazonaws.com%2Fnodegroup%3D{group}"))).Must(200).Json["items"]!.AsArray().Select(item => (JsonObject)item!)];

    protected static string Name(JsonNode item) => (string)item["metadata"]!["name"]!;

    protected static bool IsReady(JsonNode node) => (string?)node["status"]!["conditions"]!.AsArray().First(condition => (string?)condition!["type"] == "Ready")!["status"] == "True";

    protected static bool IsCordoned(JsonNode node) => (bool?)node["spec"]!["unschedulable"] == true;

    protected static JsonNode Issue(JsonNode group) => Assert.Single(group["health"]!["issues"]!.AsArray())!;

    /// <summary>A Deployment of Pods and, where it is asked for, a budget for it.</summary>
    protected async Task DeployAsync(string name, int replicas, string? budget = null)
    {
        (await Api.PostAsync("/apis/apps/v1/namespaces/default/deployments", $$$"""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}"},"spec":{"replicas":{{{replicas}}},"selector":{"matchLabels":{"app":"{{{name}}}"}},"template":{"metadata":{"labels":{"app":"{{{name}}}"}},"spec":{"containers":[{"name":"main","image":"app:1"}]} } } }""")).Must(201);
        if (budget is not null)
            (await Api.PostAsync("/apis/policy/v1/namespaces/default/poddisruptionbudgets", $$$"""{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"{{{name}}}"},"spec":{ {{{budget}}},"selector":{"matchLabels":{"app":"{{{name}}}"} } }}""")).Must(201);
        await AdvanceAsync(3);
    }
}
