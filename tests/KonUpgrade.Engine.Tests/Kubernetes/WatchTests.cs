using System.Threading.Channels;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Kubernetes;

/// <summary>A watch tells every change once, however often it is cut off.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private readonly RecordingReporter _reporter = new();
    private SandboxHost _host = null!;
    private ClusterConnection _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await SandboxFixture.StartAsync();
        _cluster = await SandboxFixture.ConnectAsync(
            _host, "blue", new ConnectionOptions { Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(5), MaxDelay = TimeSpan.FromMilliseconds(50), MaxAttempts = 8 } }, _reporter);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_watch_that_is_cut_off_goes_on_where_it_stood(bool abrupt)
    {
        var id = _host.Faults.Add(new SandboxFault { Kind = FaultKind.CutWatch, Resource = "configmaps", AfterEvents = 1, Abrupt = abrupt, Count = 3 });
        var events = Watch(out var stop);
        await ExpectAsync(events, "Synced ");
        for (var i = 0; i < 6; i++)
        {
            await CreateAsync($"c{i}");
            await ExpectAsync(events, $"Added c{i}");
        }
        Assert.Equal(3, _host.Faults.Struck(id));
        await stop();
    }

    [Fact]
    public async Task A_watch_from_a_state_that_is_gone_reads_the_list()
    {
        await CreateAsync("a");
        using var old = await _cluster.Client.GetAsync(TestResources.ConfigMaps, "default", "a", Token);
        await CreateAsync("b");
        _host.Cluster("blue").Compact();
        var events = Watch(out var stop, old!.ResourceVersion);
        await ExpectAsync(events, "Added a", "Added b", "Synced ");
        await CreateAsync("c");
        await ExpectAsync(events, "Added c");
        await stop();
    }

    [Fact]
    public async Task A_second_list_tells_what_changed_in_between()
    {
        // A server that gives one watch, which ends at once with 410, and another world at the second list.
        var lists = 0;
        await using var server = await FakeServer.StartAsync(async context =>
        {
            if (!context.Request.Query.ContainsKey("watch"))
            {
                var items = ++lists == 1
                    ? """{"metadata":{"name":"goes","uid":"1","resourceVersion":"1"}},{"metadata":{"name":"stays","uid":"2","resourceVersion":"2"}},{"metadata":{"name":"changes","uid":"3","resourceVersion":"3"}},{"metadata":{"name":"again","uid":"4","resourceVersion":"4"}}"""
                    : """{"metadata":{"name":"stays","uid":"2","resourceVersion":"2"}},{"metadata":{"name":"changes","uid":"3","resourceVersion":"9"}},{"metadata":{"name":"again","uid":"5","resourceVersion":"8"}}""";
                await FakeServer.JsonAsync(context, $$"""{"metadata":{"resourceVersion":"{{lists}}0"},"items":[{{items}}]}""");
                return;
            }
            if (lists == 1)
            {
                await FakeServer.JsonAsync(context, """{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"Expired","code":410,"message":"too old resource version"}}""" + "\n");
                return;
            }
            await context.Response.StartAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await using var client = new KubernetesClient(server.Endpoint(), _reporter);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var seen = new List<string>();
        await foreach (var change in client.WatchAsync(TestResources.ConfigMaps, new WatchOptions(), done.Token))
        {
            seen.Add($"{change.Type} {change.Name} {change.Uid}".TrimEnd());
            change.Object?.Dispose();
            if (seen.Count(s => s == "Synced") == 2)
                break;
        }
        Assert.Equal(
            ["Added goes 1", "Added stays 2", "Added changes 3", "Added again 4", "Synced", "Modified changes 3", "Deleted again 4", "Added again 5", "Deleted goes 1", "Synced"], seen);
    }

    [Fact]
    public async Task A_watch_lives_on_however_long_nothing_happens()
    {
        // A balancer that closes streams on which nothing moves, without a word.
        using var close = new SemaphoreSlim(0);
        await using var server = await FakeServer.StartAsync(async context =>
        {
            if (!context.Request.Query.ContainsKey("watch"))
            {
                await FakeServer.JsonAsync(context, """{"metadata":{"resourceVersion":"1"},"items":[]}""");
                return;
            }
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await close.WaitAsync(context.RequestAborted);
        });
        var time = new ManualTime();
        await using var client = new KubernetesClient(server.Endpoint() with { Time = time }, _reporter);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var watching = Task.Run(
            async () =>
            {
                await foreach (var change in client.WatchAsync(TestResources.ConfigMaps, new WatchOptions(), stop.Token))
                    change.Object?.Dispose();
            },
            Token);
        for (var i = 1; i <= 8; i++)
        {
            await Eventually.TrueAsync(
                () => watching.IsCompleted || (server.Requests.Count(r => r.Contains("watch=true", StringComparison.Ordinal)) == i && time.IsWaitedFor(TimeSpan.FromMinutes(5))),
                $"watch {i} is read", Token);
            Assert.False(watching.IsCompleted, watching.Exception?.InnerException?.Message);
            time.Advance(TimeSpan.FromMinutes(3));
            close.Release();
        }
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public async Task A_watch_goes_on_from_a_bookmark()
    {
        var watches = 0;
        await using var server = await FakeServer.StartAsync(async context =>
        {
            if (!context.Request.Query.ContainsKey("watch"))
                await FakeServer.JsonAsync(context, """{"metadata":{"resourceVersion":"10"},"items":[]}""");
            else if (++watches == 1)
                await FakeServer.JsonAsync(context, """{"type":"BOOKMARK","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"77"}}}""" + "\n");
            else
                await FakeServer.JsonAsync(context, """{"type":"ADDED","object":{"metadata":{"name":"a","uid":"1","resourceVersion":"80"}}}""" + "\n");
        });
        await using var client = new KubernetesClient(server.Endpoint(), _reporter);
        var seen = new List<string>();
        await foreach (var change in client.WatchAsync(TestResources.ConfigMaps, new WatchOptions(), Token))
        {
            seen.Add($"{change.Type} {change.Name}");
            change.Object?.Dispose();
            if (change.Type == WatchEventType.Added)
                break;
        }
        // A bookmark is a place, and no event.
        Assert.Equal(["Synced ", "Added a"], seen);
        var asked = server.Requests.Where(r => r.Contains("watch=true", StringComparison.Ordinal)).ToList();
        Assert.Contains("resourceVersion=10&", asked[0], StringComparison.Ordinal);
        Assert.Contains("resourceVersion=77&", asked[1], StringComparison.Ordinal);
        Assert.All(asked, a => Assert.Contains("allowWatchBookmarks=true", a, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_watch_that_may_not_be_is_an_error()
    {
        await using var nobody = await SandboxFixture.ConnectAsync(_host, "blue-nobody");
        var e = await Assert.ThrowsAsync<KubernetesApiException>(async () =>
        {
            await foreach (var change in nobody.Client.WatchAsync(TestResources.ConfigMaps, new WatchOptions(), Token))
                change.Object?.Dispose();
        });
        Assert.Equal("Forbidden", e.Failure.Id);
    }

    private ChannelReader<string> Watch(out Func<Task> stop, string? from = null)
    {
        var channel = Channel.CreateUnbounded<string>();
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var work = Task.Run(async () =>
        {
            try
            {
                await foreach (var change in _cluster.Client.WatchAsync(TestResources.ConfigMaps, new WatchOptions { Namespace = "default", ResourceVersion = from, FieldSelector = "metadata.name!=kube-root-ca.crt" }, cancel.Token))
                {
                    channel.Writer.TryWrite($"{change.Type} {change.Name}");
                    change.Object?.Dispose();
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // The test has seen enough.
            }
            catch (Exception e)
            {
                channel.Writer.TryComplete(e);
            }
        }, Token);
        stop = async () =>
        {
            await cancel.CancelAsync();
            await work;
            cancel.Dispose();
        };
        return channel.Reader;
    }

    private static async Task ExpectAsync(ChannelReader<string> events, params string[] expected)
    {
        var seen = new List<string>();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (seen.Count < expected.Length)
            seen.Add(await events.ReadAsync(deadline.Token));
        Assert.Equal(expected, seen);
    }

    private async Task CreateAsync(string name) =>
        (await _cluster.Client.CreateAsync(TestResources.ConfigMaps, "default", TestResources.ConfigMap(name), new WriteOptions(), Token)).Dispose();
}
