using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Draining.Running;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using Microsoft.AspNetCore.Http;

namespace KonUpgrade.Engine.Tests.Nodepools;

/// <summary>One pod on its way out, against each answer that a server has.</summary>
public sealed class PodDrainTests
{
    private const string Budgeted = """{"name":"web-1","kind":"pods","causes":[{"reason":"DisruptionBudget","message":"The disruption budget web needs 2 healthy pods and has 2 currently"}]}""";
    private const string Named = """{"name":"web-1","kind":"pods"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-1, """{"preconditions":{"uid":"uid-shop-web-1"}}""")]
    [InlineData(0, """{"gracePeriodSeconds":0,"preconditions":{"uid":"uid-shop-web-1"}}""")]
    [InlineData(30, """{"gracePeriodSeconds":30,"preconditions":{"uid":"uid-shop-web-1"}}""")]
    public async Task An_eviction_names_the_very_pod_and_its_grace_in_the_servers_version(int grace, string deleteOptions)
    {
        await using var play = await Play.StartAsync(new DrainOptions { GracePeriodSecond = grace }, version: "policy/v1beta1", Play.Accept);
        play.Pod.End();
        var pod = await play.EvictOneAsync();
        Assert.Equal(EvictionResult.Accepted, pod.Result);
        var body = JsonNode.Parse(play.Bodies.Single())!;
        Assert.Equal(("policy/v1beta1", "Eviction", "web-1", "shop"), ((string?)body["apiVersion"], (string?)body["kind"], (string?)body["metadata"]!["name"], (string?)body["metadata"]!["namespace"]));
        Assert.Equal(deleteOptions, body["deleteOptions"]!.ToJsonString());
    }

    [Theory]
    [InlineData(-1, """{"preconditions":{"uid":"uid-shop-web-1"}}""")]
    [InlineData(0, """{"gracePeriodSeconds":0,"preconditions":{"uid":"uid-shop-web-1"}}""")]
    [InlineData(30, """{"gracePeriodSeconds":30,"preconditions":{"uid":"uid-shop-web-1"}}""")]
    public async Task A_deletion_names_the_very_pod_and_its_grace(int grace, string expected)
    {
        await using var play = await Play.StartAsync(new DrainOptions { GracePeriodSecond = grace }, "policy/v1", Play.Accept);
        Assert.Equal(EvictionResult.Accepted, (await play.DeleteOneAsync()).Result);
        var body = JsonNode.Parse(play.Bodies.Single())!.AsObject();
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), new JsonObject(body.Where(m => m.Key is not ("apiVersion" or "kind")).Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())))), body.ToJsonString());
    }

    [Fact]
    public async Task A_pod_that_is_not_there_to_be_deleted_is_gone()
    {
        await using var play = await Play.StartAsync(context => FakeServer.StatusAsync(context, 404, "NotFound", "pods \"web-1\" not found", Named));
        Assert.Equal(EvictionResult.Gone, (await play.DeleteOneAsync()).Result);
    }

    [Fact]
    public async Task Accepted_the_pod_is_waited_for_until_it_is_gone()
    {
        await using var play = await Play.StartAsync(Play.Accept);
        var drain = play.Begin();
        await play.WaitsForAsync("its end");
        Assert.False(drain.IsCompleted);
        play.Pod.End();
        Assert.Equal((DrainOutcome.Gone, null), Ended(await drain));
        Assert.Equal(1, play.Asked);
    }

    [Fact]
    public async Task Not_found_is_gone()
    {
        await using var play = await Play.StartAsync(context => FakeServer.StatusAsync(context, 404, "NotFound", "pods \"web-1\" not found", Named));
        Assert.Equal((DrainOutcome.Gone, null), Ended(await play.Begin()));
    }

    [Fact]
    public async Task Another_pod_of_the_name_is_left_alone()
    {
        await using var play = await Play.StartAsync(
            context => FakeServer.StatusAsync(context, 409, "Conflict", "the UID in the precondition does not match", Named),
            get: context => FakeServer.JsonAsync(context, """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-1","namespace":"shop","uid":"another"}}"""));
        Assert.Equal((DrainOutcome.Gone, null), Ended(await play.Begin()));
        Assert.Equal(1, play.Asked);
    }

    [Fact]
    public async Task A_conflict_over_the_very_pod_is_asked_again()
    {
        await using var play = await Play.StartAsync(
            [context => FakeServer.StatusAsync(context, 409, "Conflict", "the object has been modified", Named), Play.Accept],
            get: context => FakeServer.JsonAsync(context, """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-1","namespace":"shop","uid":"uid-shop-web-1"}}"""));
        play.EndsWhenAsked(2);
        Assert.Equal((DrainOutcome.Gone, null), Ended(await play.RunAsync(play.Begin())));
    }

    [Fact]
    public async Task Refused_by_its_budget_it_is_asked_again_after_a_while_and_not_before()
    {
        await using var play = await Play.StartAsync([context => FakeServer.StatusAsync(context, 429, "TooManyRequests", "Cannot evict pod", Budgeted), Play.Accept]);
        var drain = play.Begin();
        await play.WaitsForAsync("its budget");
        play.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(1, play.Asked);
        play.EndsWhenAsked(2);
        Assert.Equal((DrainOutcome.Gone, null), Ended(await play.RunAsync(drain)));
    }

    [Fact]
    public async Task A_terminating_namespace_is_waited_for_by_a_pod_that_is_not_terminating_itself()
    {
        await using var play = await Play.StartAsync([NamespaceTerminating, NamespaceTerminating]);
        var drain = play.Begin();
        await play.WaitsForAsync("the end of its namespace shop");
        // Once it is terminating, it is only waited for.
        play.Pod.Update(Drained.Pod("web-1", deleted: Drained.Now));
        await play.WaitsForAsync("its end");
        Assert.Equal(2, play.Asked);
        play.Pod.End();
        Assert.Equal((DrainOutcome.Gone, null), Ended(await drain));
    }

    [Fact]
    public async Task Under_several_budgets_it_fails_at_once_with_the_remedy()
    {
        await using var play = await Play.StartAsync(context => FakeServer.StatusAsync(
            context, 500, "InternalError", "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."));
        var pod = await play.Begin();
        Assert.Equal((DrainOutcome.Failed, "MultipleBudgets"), Ended(pod));
        Assert.Contains("selectors", pod.Failure!.Recommendation, StringComparison.Ordinal);
        Assert.Equal(1, play.Asked);
    }

    [Theory]
    [InlineData(403, "Forbidden", "Forbidden")]
    [InlineData(500, "InternalError", "ServerError")]
    [InlineData(422, "Invalid", "Invalid")]
    public async Task Anything_else_fails_the_pod_at_once(int code, string reason, string id)
    {
        await using var play = await Play.StartAsync(context => FakeServer.StatusAsync(context, code, reason, "no", Named));
        Assert.Equal((DrainOutcome.Failed, id), Ended(await play.Begin()));
        Assert.Equal(1, play.Asked);
    }

    [Fact]
    public async Task An_answer_that_is_lost_is_asked_for_again()
    {
        await using var play = await Play.StartAsync([context => FakeServer.StatusAsync(context, 504, "Timeout", "request did not complete"), Play.Accept]);
        play.EndsWhenAsked(2);
        Assert.Equal((DrainOutcome.Gone, null), Ended(await play.RunAsync(play.Begin())));
    }

    [Fact]
    public async Task A_pod_that_never_goes_is_told_when_the_time_is_over()
    {
        await using var play = await Play.StartAsync(new DrainOptions { Timeout = TimeSpan.FromMinutes(5) }, "policy/v1", Play.Accept);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5), play.Time);
        play.Deadline = deadline.Token;
        var drain = play.Begin();
        await play.WaitsForAsync("its end");
        play.Pod.Update(Drained.Pod("web-1", deleted: play.Time.GetUtcNow() + TimeSpan.FromSeconds(30)));
        play.Time.Advance(TimeSpan.FromMinutes(5));
        var pod = await drain;
        Assert.Equal((DrainOutcome.Failed, "PodNotGone"), Ended(pod));
        Assert.Contains("its end has been waited for since 2026-01-15 12:00:00 UTC, for 00:05:00; its time to end is over at 2026-01-15 12:00:30 UTC.", pod.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_that_never_ends_is_told_when_the_time_is_over()
    {
        await using var play = await Play.StartAsync(new DrainOptions { Timeout = TimeSpan.FromMinutes(5) }, "policy/v1", NamespaceTerminating);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5), play.Time);
        play.Deadline = deadline.Token;
        var drain = play.Begin();
        await play.WaitsForAsync("the end of its namespace shop");
        play.Time.Advance(TimeSpan.FromMinutes(5));
        var pod = await drain;
        Assert.Equal((DrainOutcome.Failed, "DrainTimeout"), Ended(pod));
        Assert.Contains("it has waited for the end of its namespace shop since 2026-01-15 12:00:00 UTC, for 00:05:00", pod.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_should_have_been_gone_for_long_is_no_longer_waited_for()
    {
        await using var play = await Play.StartAsync(new DrainOptions { SkipWaitForDeleteTimeout = TimeSpan.FromSeconds(60) }, "policy/v1", Play.Accept);
        var drain = play.Begin();
        await play.WaitsForAsync("its end");
        play.Pod.Update(Drained.Pod("web-1", deleted: play.Time.GetUtcNow() + TimeSpan.FromSeconds(30)));
        await Eventually.TrueAsync(() => play.Time.IsWaitedFor(TimeSpan.FromSeconds(90)), "it is waited for as long as was asked", Token);
        play.Time.Advance(TimeSpan.FromSeconds(89));
        Assert.False(drain.IsCompleted);
        play.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((DrainOutcome.Left, null), Ended(await drain));
    }

    [Fact]
    public async Task Stopped_by_its_caller_it_is_no_timeout()
    {
        await using var play = await Play.StartAsync(Play.Accept);
        using var stop = new CancellationTokenSource();
        play.Stop = stop.Token;
        var drain = play.Begin();
        await play.WaitsForAsync("its end");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drain);
    }

    private static Task NamespaceTerminating(HttpContext context) => FakeServer.StatusAsync(
        context, 403, "Forbidden", "pods \"web-1\" is forbidden", """{"name":"web-1","kind":"pods","causes":[{"reason":"NamespaceTerminating","message":"namespace shop is being terminated"}]}""");

    private static (DrainOutcome, string?) Ended(DrainedPod pod) => (pod.Outcome, pod.Failure?.Id);

    /// <summary>A server with a list of answers to evictions, the last one for ever, and one pod whose watch is the test's.</summary>
    private sealed class Play : IAsyncDisposable
    {
        private readonly RecordingReporter _reporter = new();
        private FakeServer? _server;
        private KubernetesClient? _client;
        private PodRemover? _remover;
        private DrainTools? _tools;
        private int _asked;
        private int _endAt = int.MaxValue;

        public ManualTime Time { get; } = new();

        public WatchedPod Pod { get; } = new(Drained.Pod("web-1"));

        public ConcurrentQueue<string> Bodies { get; } = new();

        public int Asked => Volatile.Read(ref _asked);

        public static Task Accept(HttpContext context) => FakeServer.JsonAsync(context, """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}""", 201);

        public static Task<Play> StartAsync(params Func<HttpContext, Task>[] answers) => StartAsync(new DrainOptions(), "policy/v1", answers);

        public static Task<Play> StartAsync(Func<HttpContext, Task> answer, Func<HttpContext, Task> get) => StartAsync([answer], get);

        public static Task<Play> StartAsync(Func<HttpContext, Task>[] answers, Func<HttpContext, Task> get) => StartAsync(new DrainOptions(), "policy/v1", answers, get);

        public static Task<Play> StartAsync(DrainOptions options, string version, params Func<HttpContext, Task>[] answers) => StartAsync(options, version, answers, null);

        private static async Task<Play> StartAsync(DrainOptions options, string version, Func<HttpContext, Task>[] answers, Func<HttpContext, Task>? get)
        {
            var play = new Play();
            play._server = await FakeServer.StartAsync(async context =>
            {
                if (context.Request.Method == "GET")
                {
                    await get!(context);
                    return;
                }
                using var reader = new StreamReader(context.Request.Body);
                play.Bodies.Enqueue(await reader.ReadToEndAsync(Token));
                var asked = Interlocked.Increment(ref play._asked);
                await answers[Math.Min(asked, answers.Length) - 1](context);
                if (asked >= play._endAt)
                    play.Pod.End();
            });
            play._client = new KubernetesClient(play._server.Endpoint(), NullReporter.Instance);
            play._remover = new PodRemover(play._client, version, options.GracePeriodSecond);
            var budgets = await BudgetWatch.StartAsync(play._client, new ApiCatalog([], []), play.Time, NullReporter.Instance, Token);
            play._tools = new DrainTools(play._client, options, play._remover, budgets, new DaemonSets(play._client), play._reporter, play.Time) { Activity = "test" };
            return play;
        }

        public Task<EvictionAnswer> EvictOneAsync() => _remover!.EvictAsync(Pod.Facts, Token);

        public Task<EvictionAnswer> DeleteOneAsync() => _remover!.DeleteAsync(Pod.Facts, Token);

        public CancellationToken Deadline { get; set; }

        public CancellationToken Stop { get; set; } = Token;

        public Task<DrainedPod> Begin()
        {
            var told = new DrainedPod { Node = "old-1", Namespace = "shop", Name = "web-1", Action = DrainAction.Evict };
            var drain = new PodDrain(_tools!, Pod, told, () => { });
            return Task.Run(() => drain.EvictAsync(Deadline, Stop), Token);
        }

        public void EndsWhenAsked(int times) => _endAt = times;

        public Task WaitsForAsync(string what) => Eventually.TrueAsync(
            () => _reporter.Of("verbose").Any(m => m.Contains($"waits for {what}", StringComparison.Ordinal)), $"it waits for {what}", Token);

        public Task<DrainedPod> RunAsync(Task<DrainedPod> drain) => Time.RunAsync(drain, TimeSpan.FromMinutes(1));

        public async ValueTask DisposeAsync()
        {
            await _tools!.Budgets.DisposeAsync();
            _remover!.Dispose();
            await _client!.DisposeAsync();
            await _server!.DisposeAsync();
        }
    }
}
