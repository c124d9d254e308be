using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Tests;

/// <summary>
/// Tests that say the same of the sandbox and of a real API server, and run on both where a real one is named: what
/// the sandbox does is then not its own invention. Each has a namespace and a group of its own, and takes them away.
/// </summary>
public abstract class ServerPlay(SandboxFixture fixture) : IAsyncLifetime
{
    private const string Sandbox = "sandbox";
    protected const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private readonly List<string> _made = [];
    private ApiClient? _client;

    /// <summary>The sandbox, and the contexts of the real servers.</summary>
    public static TheoryData<string> Servers => [Sandbox, .. RealServers.Contexts];

    protected ApiClient Client => _client ?? throw new InvalidOperationException("The test has not begun.");

    protected string Namespace { get; } = $"play-{Guid.NewGuid():n}"[..16];

    protected string Group => $"{Namespace}.example.com";

    protected string ConfigMaps => $"/api/v1/namespaces/{Namespace}/configmaps";

    protected string Services => $"/api/v1/namespaces/{Namespace}/services";

    protected string Things => $"/apis/{Group}/v1/namespaces/{Namespace}/things";

    protected string ThingDefinition => $"{Definitions}/things.{Group}";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_client is null) return;
        foreach (string path in _made) await _client.DeleteAsync(path);
        _client.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Logs in and makes the namespace.</summary>
    protected async Task BeginAsync(string server)
    {
        _client = server == Sandbox ? new ApiClient(fixture.Host, fixture.Blue) : RealServers.Open(server);
        _made.Add($"/api/v1/namespaces/{Namespace}");
        (await Client.PostAsync("/api/v1/namespaces", $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{Namespace}}}"}}""")).Must(201);
    }

    /// <summary>Makes the kind Thing and waits until it is served.</summary>
    protected async Task DefineAsync()
    {
        _made.Add(ThingDefinition);
        (await Client.PostAsync(Definitions, $$$$"""{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.{{{{Group}}}}"},"spec":{"group":"{{{{Group}}}}","scope":"Namespaced","names":{"plural":"things","kind":"Thing"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}""")).Must(201);
        await EventuallyAsync(() => Client.GetAsync(Things), reply => reply.Code == 200);
        // A real server lists before it watches: until then it answers 429.
        await EventuallyAsync(() => Client.GetAsync($"{Things}?watch=1&timeoutSeconds=1"), reply => reply.Code == 200);
    }

    protected string Thing(string name, string more = "")
        => $$$"""{"apiVersion":"{{{Group}}}/v1","kind":"Thing","metadata":{"name":"{{{name}}}"{{{more}}}}}""";

    protected static string ConfigMap(string name, string more = "")
        => $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}"{{{more}}}}}""";

    /// <summary>A Service with node ports, and more of its spec where that is given.</summary>
    protected static string NodePorts(string name, string ports, string more = "")
        => $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{name}}}"},"spec":{"type":"NodePort","ports":[{{{ports}}}]{{{more}}}}}""";

    /// <summary>Asks again until it is so, thirty seconds at most: a real server takes its time.</summary>
    protected static async Task<Reply> EventuallyAsync(Func<Task<Reply>> ask, Func<Reply, bool> until)
    {
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentNullException.ThrowIfNull(until);
        DateTime deadline = DateTime.UtcNow.AddSeconds(30);
        while (true)
        {
            Reply reply = await ask();
            if (until(reply)) return reply;
            Assert.True(DateTime.UtcNow < deadline, $"It did not come to pass: {reply.Code} {reply.Text}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A port that no Service of the server has.</summary>
    protected async Task<int> FreePortAsync()
    {
        Reply probe = (await Client.PostAsync($"{Services}", NodePorts("probe", """{"port":80}"""))).Must(201);
        (await Client.DeleteAsync($"{Services}/probe")).Must(200);
        return (int)probe.Json["spec"]!["ports"]![0]!["nodePort"]!;
    }

    protected static string Type(JsonObject told)
    {
        ArgumentNullException.ThrowIfNull(told);
        return (string)told["type"]!;
    }
}
