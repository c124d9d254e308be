using System.Net;
using System.Net.Sockets;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Kubernetes;

/// <summary>Each way of failing has a name, a message that says what and which, and something to do next.</summary>
public sealed class FailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int, string, string, string, string, FailureKind> Answers() => new()
    {
        { 400, "BadRequest", "bad", "{}", "BadRequest", FailureKind.InvalidData },
        { 401, "Unauthorized", "Unauthorized", "{}", "LoginRefused", FailureKind.Authentication },
        { 403, "Forbidden", """configmaps "x" is forbidden: User "bob" cannot get resource "configmaps" in API group "" in the namespace "n" """, """{"name":"x","kind":"configmaps"}""", "Forbidden", FailureKind.PermissionDenied },
        { 403, "Forbidden", """pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1""", "{}", "QuotaExceeded", FailureKind.LimitsExceeded },
        { 403, "Forbidden", "unable to create new content in namespace n because it is being terminated", """{"causes":[{"reason":"NamespaceTerminating","message":"m"}]}""", "NamespaceTerminating", FailureKind.Conflict },
        { 403, "Forbidden", """admission webhook "w.example.com" denied the request: no""", "{}", "AdmissionDenied", FailureKind.PermissionDenied },
        { 422, "Invalid", """configmaps "no" is forbidden: ValidatingAdmissionPolicy 'names' with binding 'names' denied request: name no is not taken""", """{"name":"no","kind":"configmaps","causes":[{"message":"ValidatingAdmissionPolicy 'names' with binding 'names' denied request: name no is not taken"}]}""", "AdmissionDenied", FailureKind.InvalidData },
        { 403, "Forbidden", """configmaps "no" is forbidden: ValidatingAdmissionPolicy 'names' with binding 'names' denied request: failed expression: object.metadata.name != 'no'""", """{"name":"no","kind":"configmaps"}""", "AdmissionDenied", FailureKind.PermissionDenied },
        { 401, "Unauthorized", """configmaps "no" is forbidden: ValidatingAdmissionPolicy 'names' with binding 'names' denied request: no""", """{"name":"no","kind":"configmaps"}""", "AdmissionDenied", FailureKind.PermissionDenied },
        { 413, "RequestEntityTooLarge", """configmaps "no" is forbidden: ValidatingAdmissionPolicy 'names' with binding 'names' denied request: no""", """{"name":"no","kind":"configmaps"}""", "AdmissionDenied", FailureKind.InvalidData },
        { 404, "NotFound", "the server could not find the requested resource", "{}", "ResourceNotServed", FailureKind.NotFound },
        { 409, "Conflict", "changed", """{"name":"x"}""", "Conflict", FailureKind.Conflict },
        { 409, "AlreadyExists", "exists", """{"name":"x"}""", "AlreadyExists", FailureKind.AlreadyExists },
        { 413, "RequestEntityTooLarge", "large", "{}", "RequestTooLarge", FailureKind.LimitsExceeded },
        { 415, "UnsupportedMediaType", "type", "{}", "MediaTypeNotSupported", FailureKind.NotSupported },
        { 422, "Invalid", "spec.x: Required value", """{"name":"x","causes":[{"reason":"FieldValueRequired","message":"Required value","field":"spec.x"}]}""", "Invalid", FailureKind.InvalidData },
        { 429, "TooManyRequests", "slow down", "{}", "TooManyRequests", FailureKind.LimitsExceeded },
        { 500, "InternalError", "oops", "{}", "ServerError", FailureKind.Unavailable },
        { 500, "InternalError", """Internal error occurred: failed calling webhook "w": no endpoints""", "{}", "WebhookUnavailable", FailureKind.Unavailable },
        { 501, "NotImplemented", "no", "{}", "NotImplemented", FailureKind.NotSupported },
        { 503, "ServiceUnavailable", "away", "{}", "ServiceUnavailable", FailureKind.Unavailable },
        { 504, "Timeout", "late", "{}", "ServerTimeout", FailureKind.Timeout },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_status_becomes_a_failure_by_its_code_and_reason(int code, string reason, string message, string details, string id, FailureKind kind)
    {
        await using var server = await FakeServer.StartAsync(context => FakeServer.StatusAsync(context, code, reason, message, details));
        await using var client = new KubernetesClient(server.Endpoint() with { Retry = RetryPolicy.None }, NullReporter.Instance);
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => client.GetAsync(TestResources.ConfigMaps, "n", "y", Token));
        Assert.Equal((id, kind, code, reason), (e.Failure.Id, e.Failure.Kind, e.StatusCode, e.Reason));
        Assert.StartsWith("get v1 ConfigMap n/y on fake: ", e.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(message.Trim(), e.Failure.Message, StringComparison.Ordinal);
        Assert.Equal("v1 ConfigMap n/y", e.Failure.Target);
    }

    [Fact]
    public async Task A_page_that_is_no_status_is_not_repeated_in_the_message()
    {
        await using var server = await FakeServer.StartAsync(context => FakeServer.JsonAsync(context, "<html>token=abcdef</html>", 502));
        await using var client = new KubernetesClient(server.Endpoint() with { Retry = RetryPolicy.None }, NullReporter.Instance);
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => client.GetVersionAsync(Token));
        Assert.Equal("ServerError", e.Failure.Id);
        Assert.DoesNotContain("abcdef", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conflicts_of_an_apply_name_managers_and_fields()
    {
        await using var server = await FakeServer.StartAsync(context => FakeServer.StatusAsync(
            context, 409, "Conflict", "Apply failed with 2 conflicts",
            """{"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"helm\" using apps/v1","field":".spec.replicas"},{"reason":"FieldManagerConflict","message":"conflict with \"a \\\"quoted\\\" one\" with subresource \"scale\" using v1","field":".spec.template.spec.containers[name=\"web\"].image"}]}"""));
        await using var client = new KubernetesClient(server.Endpoint(), NullReporter.Instance);
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => client.ApplyAsync(TestResources.ConfigMaps, "n", "y", "{}"u8.ToArray(), new ApplyOptions(), Token));
        Assert.Equal(["helm .spec.replicas", "a \"quoted\" one .spec.template.spec.containers[name=\"web\"].image"], e.Conflicts.Select(c => $"{c.Manager} {c.Field}"));
    }

    [Fact]
    public async Task Nobody_listening_is_a_refused_connection()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        var uri = new Uri($"https://127.0.0.1:{((IPEndPoint)socket.LocalEndpoint).Port}");
        socket.Stop();
        var e = await FailAsync(new ClusterEndpoint { Name = "blue", Server = uri, Retry = Quick });
        Assert.Equal(("ConnectionRefused", FailureKind.Unavailable), (e.Failure.Id, e.Failure.Kind));
        Assert.Contains($"blue ({uri.GetLeftPart(UriPartial.Authority)})", e.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_no_one_knows_says_so()
    {
        var e = await FailAsync(new ClusterEndpoint { Name = "blue", Server = new Uri("https://no-such-host.invalid"), Retry = RetryPolicy.None });
        Assert.Equal("HostNotFound", e.Failure.Id);
    }

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_refused()
    {
        using var ours = new TestAuthority();
        // The same name with another key: a cluster that was made anew.
        using var theirs = new TestAuthority();
        using var certificate = theirs.Server();
        await using var server = await FakeServer.StartAsync(Version, certificate);
        var e = await FailAsync(server.Endpoint(ours.Trust));
        Assert.Equal(("CertificateNotTrusted", FailureKind.Security), (e.Failure.Id, e.Failure.Kind));
        Assert.Contains("CN=test authority", e.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
        // The system's own authorities don't know it either.
        Assert.Equal("CertificateNotTrusted", (await FailAsync(server.Endpoint())).Failure.Id);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_and_names_its_names()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Server(null, "api.example.com", "10.0.0.1");
        await using var server = await FakeServer.StartAsync(Version, certificate);
        var e = await FailAsync(server.Endpoint(authority.Trust));
        Assert.Equal("CertificateNameMismatch", e.Failure.Id);
        Assert.Contains("api.example.com, 10.0.0.1", e.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("not for 127.0.0.1", e.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Server(DateTimeOffset.UtcNow.AddDays(-1));
        await using var server = await FakeServer.StartAsync(Version, certificate);
        Assert.Equal("CertificateExpired", (await FailAsync(server.Endpoint(authority.Trust))).Failure.Id);
    }

    [Theory]
    [InlineData("tls: failed to verify certificate: x509: certificate signed by unknown authority", 3)]
    [InlineData("dial tcp 10.0.0.1:443: connect: connection refused", 6)]
    public async Task A_webhook_that_is_not_trusted_is_not_tried_for_as_long_as_one_that_is_away(string why, int tries)
    {
        await using var server = await FakeServer.StartAsync(context => FakeServer.StatusAsync(
            context, 500, "InternalError", $"Internal error occurred: failed calling webhook \"judge.example\": failed to call webhook: Post \"https://judge.judges.svc:443/\": {why}"));
        await using var client = new KubernetesClient(server.Endpoint(), NullReporter.Instance);
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => client.CreateAsync(TestResources.ConfigMaps, "n", TestResources.ConfigMap("c"), new WriteOptions(), Token));
        Assert.Equal("WebhookUnavailable", e.Failure.Id);
        Assert.Equal(tries, server.Requests.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_breaks_within_the_handshake_is_made_again(bool reset)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Server();
        await using var server = await FakeServer.StartAsync(Version, certificate);
        // A balancer whose server has just gone: the first two connections end when the client has said hello.
        using var balancer = new TcpListener(IPAddress.Loopback, 0);
        balancer.Start();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var broken = 0;
        var work = Task.Run(
            async () =>
            {
                while (true)
                {
                    using var client = await balancer.AcceptTcpClientAsync(stop.Token);
                    if (broken < 2)
                    {
                        broken++;
                        await client.GetStream().ReadAtLeastAsync(new byte[8], 8, false, stop.Token);
                        client.LingerState = new LingerOption(reset, 0);
                        continue;
                    }
                    using var far = new TcpClient();
                    await far.ConnectAsync(IPAddress.Loopback, server.Uri.Port, stop.Token);
                    await Task.WhenAny(client.GetStream().CopyToAsync(far.GetStream(), stop.Token), far.GetStream().CopyToAsync(client.GetStream(), stop.Token));
                }
            },
            Token);
        var endpoint = server.Endpoint(authority.Trust) with { Server = new Uri($"https://127.0.0.1:{((IPEndPoint)balancer.LocalEndpoint).Port}") };
        await using (var client = new KubernetesClient(endpoint, NullReporter.Instance))
            Assert.Equal(1, (await client.GetVersionAsync(Token)).Major);
        Assert.Equal(2, broken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_a_timeout_and_no_cancellation()
    {
        await using var server = await FakeServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var time = new ManualTime();
        await using var client = new KubernetesClient(server.Endpoint() with { Time = time, Retry = RetryPolicy.None, RequestTimeout = TimeSpan.FromSeconds(45) }, NullReporter.Instance);
        var call = Assert.ThrowsAsync<KubernetesApiException>(() => client.GetVersionAsync(Token));
        await Eventually.TrueAsync(() => server.Requests.Count == 1, "the request arrives", Token);
        time.Advance(TimeSpan.FromSeconds(46));
        var e = await call;
        Assert.Equal(("RequestTimeout", FailureKind.Timeout), (e.Failure.Id, e.Failure.Kind));
        Assert.Contains("45 s", e.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stays_silent_is_told_with_all_the_tries_and_the_time_they_took()
    {
        await using var server = await FakeServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var time = new ManualTime();
        await using var client = new KubernetesClient(server.Endpoint() with { Time = time, Retry = RetryPolicy.Default with { Deadline = TimeSpan.FromHours(1) } }, NullReporter.Instance);
        var call = client.GetVersionAsync(Token);
        for (var tries = 1; tries <= 3; tries++)
        {
            await Eventually.TrueAsync(() => server.Requests.Count == tries, "the request arrives", Token);
            time.Advance(TimeSpan.FromSeconds(60));
            // What it waits between tries is drawn: it ends with the next step of the clock at the latest.
            if (tries < 3)
                await time.RunAsync(Eventually.TrueAsync(() => server.Requests.Count == tries + 1, "it tries again", Token).ContinueWith(_ => true, TaskScheduler.Default), TimeSpan.FromSeconds(30));
        }
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => call);
        Assert.Equal("RequestTimeout", e.Failure.Id);
        Assert.Matches(@"no answer within 60 s, in none of 3 tries \(18\d s in all\)$", e.Failure.Message);
    }

    [Fact]
    public async Task Only_the_callers_token_cancels()
    {
        await using var server = await FakeServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var client = new KubernetesClient(server.Endpoint(), NullReporter.Instance);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = client.GetVersionAsync(cancel.Token);
        await Eventually.TrueAsync(() => server.Requests.Count == 1, "the request arrives", Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Retry_after_is_obeyed_and_a_refused_eviction_is_no_throttle()
    {
        var calls = 0;
        await using var server = await FakeServer.StartAsync(context =>
        {
            if (++calls > 2)
                return Version(context);
            context.Response.Headers.RetryAfter = "7";
            return FakeServer.StatusAsync(context, 429, "TooManyRequests", "later");
        });
        var time = new ManualTime();
        await using var client = new KubernetesClient(server.Endpoint() with { Time = time, Retry = RetryPolicy.Default, RequestTimeout = TimeSpan.FromMinutes(10) }, NullReporter.Instance);
        var version = await time.RunAsync(client.GetVersionAsync(Token), TimeSpan.FromMinutes(5));
        Assert.Equal(3, calls);
        Assert.Equal((1, 33), (version.Major, version.Minor));
        Assert.All(time.Waited.Where(w => w > TimeSpan.Zero), w => Assert.InRange(w.TotalSeconds, 7, 7.3));

        await using var budget = await FakeServer.StartAsync(context => FakeServer.StatusAsync(
            context, 429, "TooManyRequests", "Cannot evict pod", """{"causes":[{"reason":"DisruptionBudget","message":"needs 1"}]}"""));
        await using var evictor = new KubernetesClient(budget.Endpoint(), NullReporter.Instance);
        await Assert.ThrowsAsync<KubernetesApiException>(() => evictor.CreateSubresourceAsync(TestResources.ConfigMaps, "n", "p", "eviction", "{}"u8.ToArray(), new WriteOptions(), Token));
        Assert.Single(budget.Requests);
    }

    [Fact]
    public async Task A_refused_login_says_how_it_was_obtained_and_never_what_it_was()
    {
        await using var server = await FakeServer.StartAsync(context => FakeServer.StatusAsync(context, 401, "Unauthorized", "Unauthorized"));
        var reporter = new RecordingReporter();
        var login = new StaticLogin("token of the user 'bob'", ClusterCredential.Bearer("s3cr3t-t0ken"));
        await using var client = new KubernetesClient(server.Endpoint() with { Login = login }, reporter);
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => client.GetVersionAsync(Token));
        Assert.Equal(("LoginRefused", FailureKind.Authentication), (e.Failure.Id, e.Failure.Kind));
        Assert.Contains("token of the user 'bob'", e.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("Bearer s3cr3t-t0ken", server.Seen.First().Headers["Authorization"]);
        Assert.DoesNotContain("s3cr3t", e + reporter.Text + await login.GetAsync(Token), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    private static RetryPolicy Quick { get; } = new() { BaseDelay = TimeSpan.FromMilliseconds(1), MaxAttempts = 3 };

    private static Task Version(Microsoft.AspNetCore.Http.HttpContext context) => FakeServer.JsonAsync(context, """{"major":"1","minor":"33+","gitVersion":"v1.33.1-eks-1"}""");

    private static async Task<KubernetesApiException> FailAsync(ClusterEndpoint endpoint)
    {
        await using var client = new KubernetesClient(endpoint, NullReporter.Instance);
        return await Assert.ThrowsAsync<KubernetesApiException>(() => client.GetVersionAsync(Token));
    }
}
