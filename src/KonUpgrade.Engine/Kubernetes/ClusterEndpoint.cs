using System.Security.Cryptography.X509Certificates;
using KonUpgrade.Engine.Foundation.Retry;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>An API server, the way to it, and how to log in.</summary>
public sealed record ClusterEndpoint
{
    /// <summary>The URL, which may have a path of its own before <c>/api</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>How messages name the cluster: the context, or the server.</summary>
    public required string Name { get; init; }

    /// <summary>Where credentials come from.</summary>
    public IClusterLogin Login { get; init; } = StaticLogin.Anonymous;

    /// <summary>The certificates to trust, roots or intermediate; null for those that the system trusts.</summary>
    public X509Certificate2Collection? CertificateAuthorities { get; init; }

    /// <summary>The name to expect in the server's certificate where it is not the URL's host (<c>tls-server-name</c>).</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Whether the server's certificate goes unchecked. Told with a warning.</summary>
    public bool InsecureSkipTlsVerify { get; init; }

    /// <summary>The proxy (http, https, socks5), or null for what the environment says.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Whether answers must not be compressed (<c>disable-compression</c>).</summary>
    public bool DisableCompression { get; init; }

    /// <summary>On whose behalf requests are made, or null.</summary>
    public Impersonation? Impersonation { get; init; }

    /// <summary>How long one try may go without an answer, or without a byte of the answer's body.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How failed calls are repeated where that is safe.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Called before every request that may change something; it throws where nothing may be changed any more. Null for nothing.</summary>
    public Action? BeforeChange { get; init; }
}
