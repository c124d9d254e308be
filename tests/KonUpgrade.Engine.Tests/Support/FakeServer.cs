using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>A server on loopback that answers just what a test wants, for answers that a good API server never gives.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _requests = new();

    private FakeServer(WebApplication app) => _app = app;

    public Uri Uri { get; private set; } = new("http://127.0.0.1");

    /// <summary>What was asked for: method, path and query.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public ConcurrentQueue<(string Protocol, Dictionary<string, string[]> Headers, X509Certificate2? Client)> Seen { get; } = new();

    public static async Task<FakeServer> StartAsync(
        Func<HttpContext, Task> answer, X509Certificate2? certificate = null, HttpProtocols protocols = HttpProtocols.Http1AndHttp2, X509Certificate2Collection? chain = null)
    {
        // No configuration files, and so nothing that watches them.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = certificate is null ? HttpProtocols.Http1 : protocols;
            if (certificate is null)
                return;
            listen.UseHttps(https =>
            {
                https.ServerCertificate = certificate;
                https.ServerCertificateChain = chain;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            });
        }));
        var app = builder.Build();
        var server = new FakeServer(app);
        app.Run(async context =>
        {
            server._requests.Enqueue($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            server.Seen.Enqueue((context.Request.Protocol, context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.Select(v => v ?? "").ToArray()), context.Connection.ClientCertificate));
            await answer(context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        server.Uri = new Uri(app.Urls.Single());
        return server;
    }

    public ClusterEndpoint Endpoint(X509Certificate2Collection? trust = null) => new()
    {
        Name = "fake",
        Server = Uri,
        CertificateAuthorities = trust,
        Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(20), MaxAttempts = 6 },
    };

    public static async Task JsonAsync(HttpContext context, string json, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(json);
    }

    public static Task StatusAsync(HttpContext context, int code, string reason, string message, string details = "{}", string metadata = "{}") => JsonAsync(
        context,
        $$"""{"kind":"Status","apiVersion":"v1","metadata":{{metadata}},"status":"Failure","message":{{System.Text.Json.JsonSerializer.Serialize(message)}},"reason":"{{reason}}","details":{{details}},"code":{{code}}} """,
        code);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        try
        {
            await _app.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // What still runs is torn down.
        }
        await _app.DisposeAsync();
    }
}
