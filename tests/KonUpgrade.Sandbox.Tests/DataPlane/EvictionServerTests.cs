using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

/// <summary>
/// The same evictions on a living cluster of the sandbox and on every real API server that is named (with its controllers;
/// nodes and kubelets it needs none: the Pods are told to run). What they answer is the same, letter by letter.
/// </summary>
public sealed class EvictionServerTests : IAsyncLifetime
{
    private const string Sandbox = "sandbox";

    private readonly string _namespace = $"evict-{Guid.NewGuid():n}"[..16];
    private SandboxHost? _host;
    private ApiClient? _client;

    public static TheoryData<string> Servers => [Sandbox, .. RealServers.Contexts];

    private ApiClient Client => _client ?? throw new InvalidOperationException("The test has not begun.");

    private string Pods => $"/api/v1/namespaces/{_namespace}/pods";

    private string Budgets => $"/apis/policy/v1/namespaces/{_namespace}/poddisruptionbudgets";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DeleteAsync($"/api/v1/namespaces/{_namespace}");
            _client.Dispose();
        }
        if (_host is not null) await _host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Evictions_are_answered_as_the_budget_and_the_pod_are(string server)
    {
        await BeginAsync(server);
        foreach (string name in (string[])["a1", "a2", "a3"]) await PodAsync(name, "Running", "True");
        await BudgetAsync("a", "\"minAvailable\":2", reply => Allowed(reply) == 1);

        Assert.Equal((201, Success), await EvictAsync("a1", query: "?dryRun=All"));
        string uid = (await Client.GetAsync($"{Pods}/a1")).Must(200).Uid;
        Assert.Equal((409, $$$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Operation cannot be fulfilled on Pod \"a1\": the UID in the precondition (other) does not match the UID in record ({{{uid}}}). The object might have been deleted and then recreated","reason":"Conflict","details":{"name":"a1","kind":"Pod"},"code":409}"""),
            await EvictAsync("a1", """,{"preconditions":{"uid":"other"}}"""));
        // The grant was spent for nothing, and the controller counts the Pod as good as gone.
        await UntilAsync("a", reply => Number(reply, "currentHealthy") == 2);
        Assert.Equal((429, Refused(2, 2)), await EvictAsync("a1"));
        Assert.Equal((429, Refused(2, 2)), await EvictAsync("a2", version: "v1beta1"));
        Assert.Equal((404, $$$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods \"nobody\" not found","reason":"NotFound","details":{"name":"nobody","kind":"pods"},"code":404}"""), await EvictAsync("nobody"));

        await PodAsync("done", "Succeeded", "False");
        Assert.Equal((201, Success), await EvictAsync("done"));
        (await Client.GetAsync($"{Pods}/done")).Must(404);
        await PodAsync("pending", null, null);
        Assert.Equal((201, Success), await EvictAsync("pending", """,{"gracePeriodSeconds":20}"""));
        JsonNode going = (await Client.GetAsync($"{Pods}/pending")).Must(200).Json["metadata"]!;
        Assert.Equal(20, (long)going["deletionGracePeriodSeconds"]!);
        Assert.Equal((201, Success), await EvictAsync("pending", """,{"gracePeriodSeconds":10}"""));
        Assert.Equal(10, (long)(await Client.GetAsync($"{Pods}/pending")).Must(200).Json["metadata"]!["deletionGracePeriodSeconds"]!);

        await BudgetAsync("b", "\"maxUnavailable\":1", _ => true);
        Assert.Equal((500, """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.","code":500}"""), await EvictAsync("a2"));
        (await Client.DeleteAsync($"{Budgets}/b")).Must(200);

        await StatusAsync("a3", "Running", "False");
        await UntilAsync("a", reply => Number(reply, "currentHealthy") == 1);
        Assert.Equal((429, Refused(2, 1)), await EvictAsync("a3"));
        (await Client.MergeAsync($"{Budgets}/a", """{"spec":{"unhealthyPodEvictionPolicy":"AlwaysAllow"}}""")).Must(200);
        await UntilAsync("a", reply => Number(reply, "observedGeneration") == 2);
        Assert.Equal((201, Success), await EvictAsync("a3"));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task In_a_namespace_that_goes_nothing_is_evicted(string server)
    {
        await BeginAsync(server);
        await PodAsync("held", null, null, ""","finalizers":["example.com/hold"]""");
        (await Client.DeleteAsync($"/api/v1/namespaces/{_namespace}")).Must(200);
        Assert.Equal((403, $$$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods \"held\" is forbidden: unable to create new content in namespace {{{_namespace}}} because it is being terminated","reason":"Forbidden","details":{"name":"held","kind":"pods","causes":[{"reason":"NamespaceTerminating","message":"namespace {{{_namespace}}} is being terminated","field":"metadata.namespace"}]},"code":403}"""),
            await EvictAsync("held"));
        (await Client.MergeAsync($"{Pods}/held", """{"metadata":{"finalizers":null}}""")).Must(200);
    }

    private const string Success = """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}""";

    private static string Refused(int needed, int have)
        => $$$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Cannot evict pod as it would violate the pod's disruption budget.","reason":"TooManyRequests","details":{"causes":[{"reason":"DisruptionBudget","message":"The disruption budget a needs {{{needed}}} healthy pods and has {{{have}}} currently"}]},"code":429}""";

    private async Task BeginAsync(string server)
    {
        if (server == Sandbox)
        {
            _host = await SandboxHost.StartAsync(new() { Clusters = [new("live", "1.33") { DataPlane = new() { Speed = 0 } }] }, TestContext.Current.CancellationToken);
            _client = new ApiClient(_host, _host.Cluster("live"));
        }
        else
        {
            _client = RealServers.Open(server);
        }
        (await Client.PostAsync("/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{_namespace}}}"}}""")).Must(201);
        await EventuallyAsync(() => Client.GetAsync($"/api/v1/namespaces/{_namespace}/serviceaccounts/default"), reply => reply.Code == 200);
    }

    private async Task PodAsync(string name, string? phase, string? ready, string more = "")
    {
        (await Client.PostAsync(Pods, $$$"""{"metadata":{"name":"{{{name}}}","labels":{"app":"a"}{{{more}}} },"spec":{"nodeName":"none-such","containers":[{"name":"c","image":"i"}]}}""")).Must(201);
        if (phase is not null) await StatusAsync(name, phase, ready!);
    }

    private async Task StatusAsync(string name, string phase, string ready)
        => (await Client.MergeAsync($"{Pods}/{name}/status", $$$"""{"status":{"phase":"{{{phase}}}","conditions":[{"type":"Ready","status":"{{{ready}}}"}]}}""")).Must(200);

    private async Task BudgetAsync(string name, string rule, Func<Reply, bool> until)
    {
        (await Client.PostAsync(Budgets, $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{ {{{rule}}},"selector":{"matchLabels":{"app":"a"} } } }""")).Must(201);
        await UntilAsync(name, reply => Number(reply, "observedGeneration") >= 1 && until(reply));
    }

    private Task UntilAsync(string budget, Func<Reply, bool> until) => EventuallyAsync(() => Client.GetAsync($"{Budgets}/{budget}"), until);

    private static long Allowed(Reply reply) => Number(reply, "disruptionsAllowed");

    private static long Number(Reply reply, string field) => reply.Json["status"]?[field] is { } number ? (long)number : -1;

    private async Task<(int Code, string Text)> EvictAsync(string pod, string options = "", string version = "v1", string query = "")
    {
        string more = options.Length == 0 ? string.Empty : $",\"deleteOptions\":{options[1..]}";
        Reply reply = await Client.PostAsync($"{Pods}/{pod}/eviction{query}", $$$"""{"apiVersion":"policy/{{{version}}}","kind":"Eviction","metadata":{"name":"{{{pod}}}"}{{{more}}} }""");
        return (reply.Code, reply.Text.Trim());
    }

    private static async Task EventuallyAsync(Func<Task<Reply>> ask, Func<Reply, bool> until)
    {
        DateTime deadline = DateTime.UtcNow.AddSeconds(30);
        while (true)
        {
            Reply reply = await ask();
            if (until(reply)) return;
            Assert.True(DateTime.UtcNow < deadline, $"It did not come to pass: {reply.Code} {reply.Text}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
