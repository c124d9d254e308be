using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>Makes the endpoint that a context describes: the server, whom to trust, how to log in.</summary>
internal static class EndpointBuilder
{
    public static async Task<ClusterEndpoint> BuildAsync(
        KubeConfig config, ClusterContext context, ConnectionOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        var (_, cluster, user) = config.Resolve(context);
        if (cluster.InsecureSkipTlsVerify && (cluster.CertificateAuthority ?? cluster.CertificateAuthorityData) is not null)
            throw KubeConfigErrors.Invalid(cluster.Place, $"the cluster '{cluster.Name}' has both a certificate-authority and insecure-skip-tls-verify.", "Remove insecure-skip-tls-verify.");
        var server = Server(cluster, user);
        var authorities = await AuthoritiesAsync(cluster, cancellationToken).ConfigureAwait(false);
        return new ClusterEndpoint
        {
            Name = context.Name,
            Server = server,
            TlsServerName = cluster.TlsServerName,
            InsecureSkipTlsVerify = cluster.InsecureSkipTlsVerify,
            CertificateAuthorities = authorities,
            Proxy = Proxy(cluster),
            DisableCompression = cluster.DisableCompression,
            Login = user is null ? StaticLogin.Anonymous : await LoginAsync(cluster, user, server, options, reporter, cancellationToken).ConfigureAwait(false),
            Impersonation = Impersonation(user),
            RequestTimeout = options.RequestTimeout,
            Retry = options.Retry,
            Time = options.Time,
            BeforeChange = options.BeforeChange,
        };
    }

    internal static async Task<IClusterLogin> LoginAsync(
        ClusterEntry cluster, UserEntry user, Uri server, ConnectionOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        if (user is { Username: not null } && (user.Token ?? user.TokenFile) is not null)
            throw KubeConfigErrors.Invalid(user.Place, $"the user '{user.Name}' has both a token and a username.", "Keep one of the two.");
        if (user is { Exec: not null, AuthProvider: not null })
            throw KubeConfigErrors.Invalid(user.Place, $"the user '{user.Name}' has both exec and auth-provider.", "Keep one of the two.");
        var certificate = await CertificateAsync(user, cancellationToken).ConfigureAwait(false);
        if (user.TokenFile is not null)
            return new TokenFileLogin(user.TokenFile, user.Token, $"token file {user.TokenFile}", certificate, options.Time);
        if (user.Token is not null)
            return new StaticLogin($"token of the user '{user.Name}'", ClusterCredential.Bearer(user.Token, certificate));
        if (user.Username is not null)
        {
            var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.Username}:{user.Password}"));
            return new StaticLogin($"password of the user '{user.Name}'", new ClusterCredential { Authorization = new AuthenticationHeaderValue("Basic", basic), Certificate = certificate });
        }
        if (user.Exec is not null)
            return ExecLogins.Create(cluster, user, user.Exec, certificate, server, options, reporter);
        if (user.AuthProvider is not null)
            return OidcLogin.Create(user, user.AuthProvider, certificate, options, reporter);
        return certificate is null
            ? StaticLogin.Anonymous
            : new StaticLogin(Describe(user, certificate, options.Time), new ClusterCredential { Certificate = certificate });
    }

    private static Uri Server(ClusterEntry cluster, UserEntry? user)
    {
        if (cluster.Server.Length == 0)
            throw KubeConfigErrors.Invalid(cluster.Place, $"the cluster '{cluster.Name}' has no server.");
        var text = cluster.Server;
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            // client-go's rule for a bare host.
            var tls = cluster.InsecureSkipTlsVerify || (cluster.CertificateAuthority ?? cluster.CertificateAuthorityData) is not null || user?.HasCertificate == true;
            text = (tls ? "https://" : "http://") + text;
        }
        return Uri.TryCreate(text, UriKind.Absolute, out var server) && server.Scheme is "https" or "http"
            ? server
            : throw KubeConfigErrors.Invalid(cluster.Place, $"the server of the cluster '{cluster.Name}' is no http or https URL.");
    }

    private static Uri? Proxy(ClusterEntry cluster)
    {
        if (cluster.ProxyUrl is null)
            return null;
        return Uri.TryCreate(cluster.ProxyUrl, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy
            : throw KubeConfigErrors.Invalid(cluster.Place, $"proxy-url of the cluster '{cluster.Name}' is no http, https or socks5 URL.");
    }

    private static Impersonation? Impersonation(UserEntry? user)
    {
        if (user is null || user.Impersonation.IsEmpty)
            return null;
        if (string.IsNullOrEmpty(user.Impersonation.User))
            throw KubeConfigErrors.Invalid(user.Place, $"the user '{user.Name}' impersonates groups, a UID or extra values without a user (as).", "Add as.");
        return user.Impersonation;
    }

    private static async Task<X509Certificate2Collection?> AuthoritiesAsync(ClusterEntry cluster, CancellationToken cancellationToken)
    {
        if (cluster.CertificateAuthorityData is null && cluster.CertificateAuthority is null)
            return null;
        var pem = await PemAsync(cluster.CertificateAuthorityData, cluster.CertificateAuthority, "certificate-authority", cluster.Place, cancellationToken).ConfigureAwait(false);
        return Authorities(pem, cluster.Place, "certificate-authority");
    }

    internal static X509Certificate2Collection Authorities(string pem, KubeConfigPlace place, string what)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw KubeConfigErrors.Invalid(place, $"{what} holds a certificate that can't be read.", null, e);
        }
        return found.Count > 0 ? found : throw KubeConfigErrors.Invalid(place, $"{what} holds no certificate in PEM form.");
    }

    private static async Task<ClientCertificate?> CertificateAsync(UserEntry user, CancellationToken cancellationToken)
    {
        if (!user.HasCertificate)
            return null;
        if (user.ClientKey is null && user.ClientKeyData is null)
            throw KubeConfigErrors.Invalid(user.Place, $"the user '{user.Name}' has a client certificate without its key.");
        var certificate = await PemAsync(user.ClientCertificateData, user.ClientCertificate, "client-certificate", user.Place, cancellationToken).ConfigureAwait(false);
        var key = await PemAsync(user.ClientKeyData, user.ClientKey, "client-key", user.Place, cancellationToken).ConfigureAwait(false);
        try
        {
            return ClientCertificate.FromPem(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw KubeConfigErrors.Invalid(user.Place, $"the client certificate of the user '{user.Name}' and its key can't be read, or don't fit each other.");
        }
    }

    private static string Describe(UserEntry user, ClientCertificate certificate, TimeProvider time) =>
        certificate.NotAfter < time.GetUtcNow()
            ? $"client certificate of the user '{user.Name}', which ended {certificate.NotAfter:yyyy-MM-dd}"
            : $"client certificate of the user '{user.Name}'";

    /// <summary>PEM from base64 in the kubeconfig, which comes first, or from a file.</summary>
    private static async Task<string> PemAsync(string? data, string? file, string what, KubeConfigPlace place, CancellationToken cancellationToken)
    {
        if (data is not null)
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException)
            {
                throw KubeConfigErrors.Invalid(place, $"{what}-data is not base64.");
            }
        }
        try
        {
            return await File.ReadAllTextAsync(file!, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw KubeConfigErrors.Unreadable(file!, e);
        }
    }
}
