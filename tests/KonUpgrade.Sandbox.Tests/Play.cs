using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests;

/// <summary>What most tests need: a client, and a namespace that nobody else uses.</summary>
public abstract class Play(SandboxFixture fixture) : IDisposable
{
    private static int _last;

    private bool _disposed;

    protected SandboxFixture Fixture { get; } = fixture ?? throw new ArgumentNullException(nameof(fixture));

    protected SandboxHost Host => Fixture.Host;

    protected SandboxCluster Blue => Fixture.Blue;

    protected ApiClient Client { get; } = new(fixture.Host, fixture.Blue);

    protected string Namespace { get; } = $"test-{Interlocked.Increment(ref _last)}";

    protected string ConfigMaps => $"/api/v1/namespaces/{Namespace}/configmaps";

    protected static string ConfigMap(string name, string data = "{}", string more = "")
        => $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}"{{more}}},"data":{{data}}}""";

    protected async Task MakeNamespaceAsync(ApiClient? client = null)
        => (await (client ?? Client).PostAsync("/api/v1/namespaces", $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{Namespace}}}"}}""")).Must(201);

    /// <summary>Asks again until it is so, ten seconds at most.</summary>
    protected static async Task<Reply> EventuallyAsync(Func<Task<Reply>> ask, Func<Reply, bool> until)
    {
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentNullException.ThrowIfNull(until);
        DateTime deadline = DateTime.UtcNow.AddSeconds(10);
        while (true)
        {
            Reply reply = await ask();
            if (until(reply)) return reply;
            Assert.True(DateTime.UtcNow < deadline, $"It did not come to pass: {reply.Code} {reply.Text}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (_disposed) return;
        _disposed = true;
        if (disposing) Client.Dispose();
    }
}
