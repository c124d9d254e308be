using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>
/// The OIDC auth provider: shows the id-token, and gets another from the issuer's token endpoint with the refresh-token
/// when it is about to expire. The kubeconfig is left as it is; what was got lives as long as the connection.
/// </summary>
internal sealed class OidcLogin : IClusterLogin, IDisposable
{
    private readonly UserEntry _user;
    private readonly IReadOnlyDictionary<string, string> _config;
    private readonly ClientCertificate? _certificate;
    private readonly ConnectionOptions _options;
    private readonly IReporter _reporter;
    private readonly KeptCredential _kept;
    private string? _refreshToken;

    private OidcLogin(UserEntry user, IReadOnlyDictionary<string, string> config, ClientCertificate? certificate, ConnectionOptions options, IReporter reporter)
    {
        (_user, _config, _certificate, _options, _reporter) = (user, config, certificate, options, reporter);
        _kept = new KeptCredential(options.Time, TimeSpan.FromSeconds(30));
        _refreshToken = Config("refresh-token");
        if (Config("id-token") is { } token)
            _kept.Keep(ClusterCredential.Bearer(token, certificate), Expiry(token));
    }

    public string Description => $"OIDC token of the user '{_user.Name}'";

    public static OidcLogin Create(UserEntry user, AuthProviderEntry provider, ClientCertificate? certificate, ConnectionOptions options, IReporter reporter)
    {
        if (provider.Name != "oidc")
        {
            throw new UpgradeException(new Failure
            {
                Id = "AuthProviderNotSupported",
                Kind = FailureKind.NotSupported,
                Message = $"The user '{user.Name}' ({user.Place}) logs in with the auth-provider '{provider.Name}', which Kubernetes removed in 1.26.",
                Recommendation = "Write the kubeconfig anew with the provider's own tool: it will use an exec plugin.",
                Target = user.Name,
            });
        }
        return new OidcLogin(user, provider.Config, certificate, options, reporter);
    }

    public ValueTask<ClusterCredential> GetAsync(CancellationToken cancellationToken) => _kept.GetAsync(RefreshAsync, cancellationToken);

    public ValueTask<bool> RefusedAsync(ClusterCredential credential, CancellationToken cancellationToken)
    {
        if (_refreshToken is null)
            return ValueTask.FromResult(false);
        _kept.Drop(credential);
        return ValueTask.FromResult(true);
    }

    public void Dispose() => _kept.Dispose();

    private async Task<(ClusterCredential Credential, DateTimeOffset? Expires)> RefreshAsync(CancellationToken cancellationToken)
    {
        if (_refreshToken is null)
            throw Fail("the id-token has expired, and there is no refresh-token");
        var issuer = Config("idp-issuer-url") ?? throw Fail("the auth-provider has no idp-issuer-url");
        var client = Config("client-id") ?? throw Fail("the auth-provider has no client-id");
        using var http = Http();
        try
        {
            using var discovery = await ReadAsync(http, new HttpRequestMessage(HttpMethod.Get, issuer.TrimEnd('/') + "/.well-known/openid-configuration"), "the issuer's configuration", cancellationToken).ConfigureAwait(false);
            var endpoint = Text(discovery.RootElement, "token_endpoint") ?? throw Fail("the issuer's configuration names no token_endpoint");
            var form = new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = _refreshToken };
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
            // Issuers must take HTTP Basic; those that say they only take the form get the form.
            var methods = discovery.RootElement.TryGetProperty("token_endpoint_auth_methods_supported", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(m => m.GetString()).ToList()
                : ["client_secret_basic"];
            if (Config("client-secret") is { } secret && methods.Contains("client_secret_basic"))
            {
                request.Headers.Authorization = new AuthenticationHeaderValue(
                    "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(client)}:{Uri.EscapeDataString(secret)}")));
            }
            else
            {
                form["client_id"] = client;
                if (Config("client-secret") is { } shown)
                    form["client_secret"] = shown;
            }
            request.Content = new FormUrlEncodedContent(form);
            using var answer = await ReadAsync(http, request, "the token endpoint", cancellationToken).ConfigureAwait(false);
            var token = Text(answer.RootElement, "id_token") ?? throw Fail("the token endpoint gave no id_token");
            if (Text(answer.RootElement, "refresh_token") is { } next && next != _refreshToken)
            {
                _refreshToken = next;
                _reporter.Warning(
                    $"The issuer gave the user '{_user.Name}' another refresh-token. It is used here but not written to {_user.Place.File}: where the issuer no longer takes the old one, log in anew afterwards.");
            }
            _reporter.Verbose($"the OIDC token of the user '{_user.Name}' was renewed");
            return (ClusterCredential.Bearer(token, _certificate), Expiry(token));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or UriFormatException)
        {
            // Inner messages may carry the request.
            throw Fail($"the issuer {issuer} could not be asked for another token ({(e as HttpRequestException)?.HttpRequestError.ToString() ?? e.GetType().Name})");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Fail($"the issuer {issuer} did not answer in time");
        }
    }

    private HttpClient Http()
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(15) };
        var data = Config("idp-certificate-authority-data");
        var file = Config("idp-certificate-authority");
        if (data is not null || file is not null)
        {
            string pem;
            try
            {
                pem = data is not null ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : File.ReadAllText(file!);
            }
            catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
            {
                handler.Dispose();
                throw Fail("idp-certificate-authority can't be read");
            }
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(EndpointBuilder.Authorities(pem, _user.Place, "idp-certificate-authority"));
            handler.SslOptions.CertificateChainPolicy = policy;
        }
        return new HttpClient(handler) { Timeout = _options.RequestTimeout };
    }

    private async Task<JsonDocument> ReadAsync(HttpClient http, HttpRequestMessage request, string what, CancellationToken cancellationToken)
    {
        using (request)
        {
            using var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw Fail($"{what} answered {((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)}");
            return JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        }
    }

    private string? Config(string key) => _config.TryGetValue(key, out var value) && value.Length > 0 ? value : null;

    private UpgradeException Fail(string message) => new(new Failure
    {
        Id = "OidcLoginFailed",
        Kind = FailureKind.Authentication,
        Message = $"The user '{_user.Name}' ({_user.Place}) logs in by OIDC: {message}.",
        Recommendation = "Log in anew with the tool that made the kubeconfig.",
        Target = _user.Name,
    });

    /// <summary>When a JSON web token ends (exp); null where it doesn't say.</summary>
    internal static DateTimeOffset? Expiry(string token)
    {
        var parts = token.Split('.');
        if (parts.Length < 2)
            return null;
        try
        {
            var text = parts[1].Replace('-', '+').Replace('_', '/');
            using var payload = JsonDocument.Parse(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')));
            return payload.RootElement.TryGetProperty("exp", out var exp) && exp.TryGetInt64(out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
