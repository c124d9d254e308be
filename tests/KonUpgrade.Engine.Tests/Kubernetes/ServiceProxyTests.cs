using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Kubernetes;

/// <summary>Services that are asked through the API server: what comes from behind it, and what it says itself.</summary>
public sealed class ServiceProxyTests
{
    private static readonly ServiceCall s_call = new() { Namespace = "kubeflow", Service = "ml-pipeline", Port = 8888, Path = "/apis/v2beta1/healthz?full=1" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int, string> Answers() => new()
    {
        { 200, """{"multi_user":true}""" },
        { 204, "" },
        { 302, "see there" },
        { 401, "who are you" },
        { 403, "RBAC: access denied" },
        { 404, """{"error":"Not Found","code":5}""" },
        { 429, "slow down" },
        { 500, "" },
        { 503, "<html>upstream connect error</html>" },
        // A Status that is not about this answer is what somebody handed on.
        { 502, """{"kind":"Status","apiVersion":"v1","status":"Failure","message":"of another","code":404}""" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task What_is_answered_behind_the_server_is_an_answer_whatever_it_is(int code, string body)
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Response.Headers.Location = "/elsewhere";
            context.Response.Headers.RetryAfter = "1";
            return code == 204 ? Task.FromResult(context.Response.StatusCode = code) : FakeServer.JsonAsync(context, body, code);
        });
        var login = new CountingLogin();
        await using var client = new KubernetesClient(server.Endpoint() with { Login = login }, NullReporter.Instance);
        Assert.Equal(new ServiceAnswer(code, body), await client.AskServiceAsync(s_call, Token));
        // It is asked once, not sent on, and nobody logs in anew for what a program behind the server says.
        Assert.Equal(["GET /api/v1/namespaces/kubeflow/services/http%3Aml-pipeline%3A8888/proxy/apis/v2beta1/healthz?full=1"], server.Requests.Select(r => r.Replace(":", "%3A", StringComparison.Ordinal)));
        Assert.Equal(0, login.Refused);
    }

    [Theory]
    [InlineData(401, "Unauthorized", "Unauthorized", "{}", "LoginRefused")]
    [InlineData(403, "Forbidden", "services \"http:ml-pipeline:8888\" is forbidden: User \"bob\" cannot get resource \"services/proxy\" in API group \"\" in the namespace \"kubeflow\"", """{"name":"http:ml-pipeline:8888","kind":"services"}""", "Forbidden")]
    [InlineData(404, "NotFound", "services \"ml-pipeline\" not found", """{"name":"ml-pipeline","kind":"services"}""", "NotFound")]
    [InlineData(503, "ServiceUnavailable", "no endpoints available for service \"ml-pipeline\"", "{}", "NoEndpoints")]
    [InlineData(503, "ServiceUnavailable", "no service port 8888 found for service \"ml-pipeline\"", "{}", "NoServicePort")]
    [InlineData(503, "ServiceUnavailable", "error trying to reach service: dial tcp 10.0.1.7:8888: i/o timeout", "{}", "BackEndUnreachable")]
    [InlineData(503, "ServiceUnavailable", "away", "{}", "ServiceUnavailable")]
    public async Task What_the_server_refuses_itself_is_a_failure(int code, string reason, string message, string details, string id)
    {
        await using var server = await FakeServer.StartAsync(context => FakeServer.StatusAsync(context, code, reason, message, details));
        var login = new CountingLogin();
        await using var client = new KubernetesClient(server.Endpoint() with { Login = login }, NullReporter.Instance);
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => client.AskServiceAsync(s_call, Token));
        Assert.Equal((id, code, "Service kubeflow/ml-pipeline"), (e.Failure.Id, e.StatusCode, e.Failure.Target));
        Assert.Equal($"ask Service kubeflow/ml-pipeline for {s_call.Path} on fake: {message}{(code == 401 ? " (login: counted)" : "")}", e.Failure.Message);
        Assert.Single(server.Requests);
        Assert.Equal(code == 401 ? 1 : 0, login.Refused);
    }

    [Fact]
    public async Task Of_an_answer_without_end_no_more_is_read_than_is_kept()
    {
        await using var server = await FakeServer.StartAsync(async context =>
        {
            context.Response.StatusCode = 500;
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(new byte[16 * 1024].AsMemory(), context.RequestAborted);
        });
        await using var client = new KubernetesClient(server.Endpoint(), NullReporter.Instance);
        Assert.Equal((500, ServiceAnswer.LongestBody), await client.AskServiceAsync(s_call, Token) is var answer ? (answer.StatusCode, answer.Body.Length) : default);
    }

    [Fact]
    public async Task One_that_keeps_silent_is_given_up_after_its_time()
    {
        await using var server = await FakeServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var client = new KubernetesClient(server.Endpoint() with { Retry = RetryPolicy.Default }, NullReporter.Instance);
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => client.AskServiceAsync(s_call with { Timeout = TimeSpan.FromMilliseconds(200) }, Token));
        Assert.Equal(("RequestTimeout", FailureKind.Timeout), (e.Failure.Id, e.Failure.Kind));
        Assert.EndsWith("no answer within 0.2 s", e.Failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    private sealed class CountingLogin : IClusterLogin
    {
        public int Refused { get; private set; }

        public string Description => "counted";

        public ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken) => StaticLogin.Anonymous.GetAsync(cancellationToken);

        public ValueTask<bool> RefusedAsync(ClusterCredential credential, CancellationToken cancellationToken)
        {
            Refused++;
            return ValueTask.FromResult(false);
        }
    }
}
