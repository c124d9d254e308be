using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Faults;
using KonUpgrade.Sandbox.Hosting;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Engine.Tests.Kubernetes;

/// <summary>A list gives each object once and misses none, whatever happens on the way.</summary>
public sealed class ListTests : IAsyncLifetime
{
    private const int Count = 230;

    private static readonly ApiResource Samples = new() { Group = "bench.konupgrade.dev", Version = "v1", Kind = "Sample", Plural = "samples", Namespaced = true };

    private SandboxHost _host = null!;
    private ClusterConnection _cluster = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await SandboxFixture.StartAsync();
        _host.Cluster("blue").SeedSamples(Count);
        _cluster = await SandboxFixture.ConnectAsync(
            _host, "blue", new ConnectionOptions { Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(5), MaxDelay = TimeSpan.FromMilliseconds(50), MaxAttempts = 5 } });
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(50)]
    [InlineData(23)]
    [InlineData(null)]
    public async Task Every_object_comes_once_whatever_the_page(int? size) => Assert.Equal(Count, (await NamesAsync(size)).Count);

    [Fact]
    public async Task A_page_that_expired_is_recovered()
    {
        _host.Faults.Add(new SandboxFault { Kind = FaultKind.ExpiredPage, Resource = "samples", Skip = 1 });
        Assert.Equal(Count, (await NamesAsync(40)).Count);
    }

    [Fact]
    public async Task Pages_that_expire_because_of_compaction_are_recovered()
    {
        var names = new HashSet<string>();
        await foreach (var item in _cluster.Client.ListAsync(Samples, new ListOptions { PageSize = 40 }, Token))
        {
            Assert.True(names.Add(item.Name));
            item.Dispose();
            if (names.Count == 60)
            {
                // Something changes, so that the past is really another one.
                Assert.True(await _cluster.Client.DeleteAsync(Samples, "default", names.First(), new DeleteOptions(), Token));
                _host.Cluster("blue").Compact();
            }
        }
        Assert.Equal(Count, names.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5000)]
    public async Task A_connection_torn_within_a_page_costs_no_object(long after)
    {
        _host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Resource = "samples", AfterBytes = after, Count = 2 });
        Assert.Equal(Count, (await NamesAsync(100)).Count);
    }

    [Fact]
    public async Task A_connection_torn_before_the_answer_costs_no_object()
    {
        _host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Resource = "samples", Skip = 1 });
        Assert.Equal(Count, (await NamesAsync(100)).Count);
    }

    [Theory]
    [InlineData(FaultKind.TooManyRequests)]
    [InlineData(FaultKind.ServerError)]
    public async Task A_server_in_trouble_is_asked_again(FaultKind kind)
    {
        var id = _host.Faults.Add(new SandboxFault { Kind = kind, Resource = "samples", Count = 2, RetryAfterSeconds = 0 });
        Assert.Equal(Count, (await NamesAsync(100)).Count);
        Assert.Equal(2, _host.Faults.Struck(id));
    }

    [Fact]
    public async Task A_server_that_stays_in_trouble_is_an_error_in_the_end()
    {
        _host.Faults.Add(new SandboxFault { Kind = FaultKind.ServerError, StatusCode = 503, Resource = "samples", Count = null });
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => NamesAsync(100));
        Assert.Equal(("ServiceUnavailable", FailureKind.Unavailable), (e.Failure.Id, e.Failure.Kind));
    }

    [Theory]
    [InlineData("1.34", true)]
    [InlineData("1.31", true)]
    [InlineData("1.30", false)]
    public async Task What_is_more_than_a_page_comes_whole_where_servers_keep_it_in_memory(string version, bool whole)
    {
        await using var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("blue", version));
        host.Cluster("blue").SeedSamples(3000);
        // A whole answer that breaks off is gone on with in pages.
        var torn = host.Faults.Add(new SandboxFault { Kind = FaultKind.Reset, Resource = "samples", AfterBytes = 700_000, Count = null });
        var reporter = new RecordingReporter();
        await using var cluster = await SandboxFixture.ConnectAsync(host, "blue", new ConnectionOptions { Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(1) } }, reporter);
        Assert.Equal(3000, (await NamesAsync(cluster, null)).Count);
        if (whole)
            Assert.NotEqual(0, host.Faults.Struck(torn));
        host.Faults.Remove(torn);
        var before = reporter.Of("debug").Count;
        Assert.Equal(3000, (await NamesAsync(cluster, null)).Count);
        var asked = reporter.Of("debug").Skip(before).Where(d => d.Contains("/samples", StringComparison.Ordinal)).ToList();
        Assert.Equal(whole, asked.Exists(a => !a.Contains("limit=", StringComparison.Ordinal)));
        Assert.InRange(asked.Count, 2, whole ? 2 : 4);
    }

    [Fact]
    public async Task Cancelling_ends_a_list_within_a_page()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var item in _cluster.Client.ListAsync(Samples, new ListOptions { PageSize = 10 }, cancel.Token))
            {
                item.Dispose();
                if (++seen == 15)
                    await cancel.CancelAsync();
            }
        });
        Assert.InRange(seen, 15, 20);
    }

    [Fact]
    public async Task A_reader_that_stops_early_leaves_a_client_that_works()
    {
        await foreach (var item in _cluster.Client.ListAsync(Samples, ListOptions.All, Token))
        {
            item.Dispose();
            break;
        }
        Assert.Equal(Count, (await NamesAsync(null)).Count);
    }

    [Fact]
    public async Task Without_a_token_to_go_on_with_the_list_begins_anew_and_passes_over_what_is_known()
    {
        var pages = 0;
        await using var server = await FakeServer.StartAsync(context =>
        {
            if (context.Request.Path == "/version")
                return FakeServer.StatusAsync(context, 403, "Forbidden", "no");
            var token = context.Request.Query["continue"].ToString();
            return (++pages, token) switch
            {
                (1, "") => FakeServer.JsonAsync(context, Page("next", "a", "b")),
                (2, "next") => FakeServer.StatusAsync(context, 410, "Expired", "The provided continue parameter is too old"),
                // c came in between; a is gone.
                (3, "") => FakeServer.JsonAsync(context, Page("more", "b", "c")),
                (4, "more") => FakeServer.JsonAsync(context, Page("", "d")),
                _ => FakeServer.StatusAsync(context, 400, "BadRequest", $"page {pages} with '{token}'"),
            };
        });
        await using var client = new KubernetesClient(server.Endpoint(), NullReporter.Instance);
        var names = new List<string>();
        await foreach (var item in client.ListAsync(TestResources.ConfigMaps, ListOptions.All, Token))
        {
            names.Add(item.Name);
            Assert.Equal(("v1", "ConfigMap"), (item.ApiVersion, item.Kind));
            item.Dispose();
        }
        Assert.Equal(["a", "b", "c", "d"], names);
    }

    [Fact]
    public async Task A_page_that_breaks_off_after_some_objects_is_read_again_without_them()
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pages = 0;
        await using var server = await FakeServer.StartAsync(async context =>
        {
            var page = Page("", "a", "b", "c");
            if (++pages > 1)
            {
                await FakeServer.JsonAsync(context, page);
                return;
            }
            await context.Response.WriteAsync(page[..page.IndexOf("""{"metadata":{"namespace":"x","name":"c"}""", StringComparison.Ordinal)], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            // The client has them when the connection ends.
            await taken.Task.WaitAsync(context.RequestAborted);
            context.Abort();
        });
        await using var client = new KubernetesClient(server.Endpoint(), NullReporter.Instance);
        var names = new List<string>();
        await foreach (var item in client.ListAsync(TestResources.ConfigMaps, ListOptions.All, Token))
        {
            names.Add(item.Name);
            item.Dispose();
            if (names is ["a", "b"])
                taken.SetResult();
        }
        Assert.Equal(["a", "b", "c"], names);
        Assert.Equal(2, pages);
    }

    [Fact]
    public async Task A_page_of_something_else_is_an_error_of_its_own()
    {
        await using var server = await FakeServer.StartAsync(context => FakeServer.JsonAsync(context, "<html>Please log in</html>"));
        await using var client = new KubernetesClient(server.Endpoint(), NullReporter.Instance);
        var e = await Assert.ThrowsAsync<KubernetesApiException>(async () =>
        {
            await foreach (var item in client.ListAsync(TestResources.ConfigMaps, ListOptions.All, Token))
                item.Dispose();
        });
        Assert.Equal("InvalidResponse", e.Failure.Id);
        Assert.Single(server.Requests);
    }

    private static string Page(string token, params string[] names) =>
        $$$"""{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"continue":"{{{token}}}"},"items":[{{{string.Join(',', names.Select(n => $$$"""{"metadata":{"namespace":"x","name":"{{{n}}}"}}"""))}}}]}""";

    private Task<HashSet<string>> NamesAsync(int? size) => NamesAsync(_cluster, size);

    private static async Task<HashSet<string>> NamesAsync(ClusterConnection cluster, int? size)
    {
        var names = new HashSet<string>();
        await foreach (var item in cluster.Client.ListAsync(Samples, new ListOptions { PageSize = size }, Token))
        {
            Assert.True(names.Add(item.Name), $"{item.Name} came twice");
            item.Dispose();
        }
        return names;
    }
}
