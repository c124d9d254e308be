using System.Net;
using System.Net.Security;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// The HTTP connections to one cluster: one handler, HTTP/2 where the server speaks it. A login that brings another
/// client certificate gets connections of its own, as the old ones are known to the server under the old one.
/// </summary>
internal sealed class HttpConnections : IDisposable
{
    /// <summary>How long a connection may take to be there.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    private readonly ClusterEndpoint _endpoint;
    private readonly Uri? _proxy;
    private readonly object _lock = new();
    private HttpMessageInvoker? _current;
    private ClientCertificate? _certificate;
    private bool _disposed;

    public HttpConnections(ClusterEndpoint endpoint)
    {
        _endpoint = endpoint;
        _proxy = endpoint.Proxy ?? EnvironmentProxy.For(endpoint.Server, Environment.GetEnvironmentVariable);
        Verifier = new CertificateVerifier(endpoint.CertificateAuthorities, endpoint.InsecureSkipTlsVerify, endpoint.Time);
        Repeated = endpoint.Impersonation?.Repeats == true ? new RepeatedHeaders() : null;
        // On the way to a server on this machine bytes are cheaper than the time to squeeze them.
        Compressed = !endpoint.DisableCompression && !endpoint.Server.IsLoopback;
    }

    public CertificateVerifier Verifier { get; }

    public bool Compressed { get; }

    /// <summary>What sends a header several times; null where none is.</summary>
    public RepeatedHeaders? Repeated { get; }

    /// <summary>The proxy without its credentials, for messages; null where there is none.</summary>
    public string? ProxyName => _proxy?.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    public HttpMessageInvoker For(ClientCertificate? certificate)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_current is not null && ReferenceEquals(_certificate, certificate))
                return _current;
            // Requests on their way end on the old handler; disposing closes what is idle and the rest as it falls idle.
            _current?.Dispose();
            _certificate = certificate;
            return _current = new HttpMessageInvoker(Create(certificate), disposeHandler: true);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _current?.Dispose();
            _current = null;
        }
    }

    private SocketsHttpHandler Create(ClientCertificate? certificate) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = Compressed ? DecompressionMethods.GZip : DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        EnableMultipleHttp2Connections = true,
        // A watch on a connection that died without a word would wait forever.
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        // Large enough that a list doesn't stop for window updates, small enough to be no second copy of it.
        InitialHttp2StreamWindowSize = 1 << 20,
        // Names behind load balancers move.
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
        MaxConnectionsPerServer = 64,
        PlaintextStreamFilter = Repeated is { } repeated ? (context, _) => ValueTask.FromResult(repeated.Filter(context.PlaintextStream)) : null,
        UseProxy = _proxy is not null,
        Proxy = _proxy is null ? null : new WebProxy(_proxy) { Credentials = ProxyCredentials(_proxy) },
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = Verifier.Verify,
            CertificateRevocationCheckMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
            ClientCertificateContext = certificate?.Context,
        },
    };

    private static NetworkCredential? ProxyCredentials(Uri proxy)
    {
        if (proxy.UserInfo.Length == 0)
            return null;
        var colon = proxy.UserInfo.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new NetworkCredential(Uri.UnescapeDataString(proxy.UserInfo), "")
            : new NetworkCredential(Uri.UnescapeDataString(proxy.UserInfo[..colon]), Uri.UnescapeDataString(proxy.UserInfo[(colon + 1)..]));
    }
}
