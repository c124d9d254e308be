using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace KonUpgrade.Sandbox.Hosting;

/// <summary>One port on loopback: HTTPS for HTTP/1.1 and HTTP/2, or plain HTTP/1.1.</summary>
internal sealed class Endpoint : IAsyncDisposable
{
    private readonly WebApplication _application;

    private Endpoint(WebApplication application, Uri uri)
    {
        _application = application;
        Uri = uri;
    }

    public Uri Uri { get; }

    /// <param name="port">0 for any free one.</param>
    /// <param name="certificate">What the server shows; null for plain HTTP.</param>
    /// <param name="clientCertificates">Ask clients for theirs; they may have none.</param>
    /// <param name="handler">Answers each request.</param>
    /// <param name="cancellation">Ends the start.</param>
    public static async Task<Endpoint> StartAsync(int port, X509Certificate2? certificate, bool clientCertificates, RequestDelegate handler, CancellationToken cancellation)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MaxConcurrentConnections = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024 * 1024;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 250;
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                if (certificate is null) return;
                listen.UseHttps(new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = certificate,
                    ClientCertificateMode = clientCertificates ? ClientCertificateMode.AllowCertificate : ClientCertificateMode.NoCertificate,
                    // Whose certificate it is, is for the authenticator to say, with a 401 and not a broken handshake.
                    ClientCertificateValidation = (_, _, _) => true,
                });
            });
        });
        WebApplication application = builder.Build();
        application.Run(handler);
        try
        {
            await application.StartAsync(cancellation);
        }
        catch (IOException taken)
        {
            await application.DisposeAsync();
            throw new SandboxException($"The port {port} on loopback cannot be had: {taken.Message}", taken);
        }
        string address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new Endpoint(application, new Uri($"{(certificate is null ? "http" : "https")}://127.0.0.1:{new Uri(address).Port}"));
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever is still connected is cut off soon: nothing here is worth waiting for.
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await _application.StopAsync(patience.Token);
        await _application.DisposeAsync();
    }
}
