using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace KonUpgrade.Benchmarks;

/// <summary>
/// A plain HTTP client with the login of a context, as bare as one can be: what the wire and the server cost.
/// The login is read through <c>kubectl config view</c>, so that nothing of the engine is in it.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private readonly HttpClient _http;

    private RawClient(HttpClient http) => _http = http;

    public static async Task<RawClient> OpenAsync(string? kubeConfig, string context, CancellationToken cancellationToken)
    {
        List<string> arguments = ["config", "view", "--raw", "--minify", "--flatten", "-o", "json", "--context", context];
        if (kubeConfig is not null)
            arguments.AddRange(["--kubeconfig", kubeConfig]);
        var (output, _, _) = await Child.RunAsync("kubectl", arguments, toFile: null, cancellationToken);
        using var view = JsonDocument.Parse(output);
        var cluster = view.RootElement.GetProperty("clusters")[0].GetProperty("cluster");
        var user = view.RootElement.GetProperty("users")[0].GetProperty("user");

        var authority = X509CertificateLoader.LoadCertificate(PemBytes(cluster.GetProperty("certificate-authority-data").GetBytesFromBase64(), "CERTIFICATE"));
        var handler = Trusting(authority);
        if (user.TryGetProperty("client-certificate-data", out var certificate))
        {
            using var pair = X509Certificate2.CreateFromPem(
                System.Text.Encoding.ASCII.GetString(certificate.GetBytesFromBase64()),
                System.Text.Encoding.ASCII.GetString(user.GetProperty("client-key-data").GetBytesFromBase64()));
            handler.SslOptions.ClientCertificates = [X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), password: null)];
        }

        var http = new HttpClient(handler)
        {
            BaseAddress = new Uri(cluster.GetProperty("server").GetString()!),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Timeout = TimeSpan.FromMinutes(10),
        };
        if (user.TryGetProperty("token", out var token))
            http.DefaultRequestHeaders.Authorization = new("Bearer", token.GetString());
        return new RawClient(http);
    }

    /// <summary>A handler that trusts one authority and no other.</summary>
    public static SocketsHttpHandler Trusting(X509Certificate2 authority) => new()
    {
        EnableMultipleHttp2Connections = true,
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { authority },
            },
        },
    };

    public Task<byte[]> GetAsync(string path, CancellationToken cancellationToken) => _http.GetByteArrayAsync(path, cancellationToken);

    /// <summary>Reads every page of a list and does nothing with it but look for the next page's token.</summary>
    public async Task<long> ReadPagesAsync(string path, int pageSize, CancellationToken cancellationToken)
    {
        var token = "";
        long bytes = 0;
        do
        {
            var page = await _http.GetByteArrayAsync($"{path}?limit={pageSize}&continue={Uri.EscapeDataString(token)}", cancellationToken);
            bytes += page.Length;
            token = ContinueOf(page);
        }
        while (token.Length > 0);
        return bytes;
    }

    /// <summary>Posts, with so many under way at once; a thing that is there already is no fault.</summary>
    public async Task PostAllAsync(IEnumerable<(string Path, byte[] Json)> posts, int parallel, CancellationToken cancellationToken) =>
        await Parallel.ForEachAsync(
            posts,
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
            async (post, token) => await PostAsync(post.Path, post.Json, token));

    public async Task PostAsync(string path, byte[] json, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(json);
        content.Headers.ContentType = new("application/json");
        using var response = await _http.PostAsync(path, content, cancellationToken);
        if (response.StatusCode is not HttpStatusCode.Conflict)
            response.EnsureSuccessStatusCode();
        await response.Content.CopyToAsync(Stream.Null, cancellationToken);
    }

    public async Task<bool> ExistsAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(path, cancellationToken);
        return response.StatusCode != HttpStatusCode.NotFound && response.IsSuccessStatusCode;
    }

    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await _http.DeleteAsync(path, cancellationToken);
        if (response.StatusCode is not HttpStatusCode.NotFound)
            response.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();

    private static string ContinueOf(byte[] page)
    {
        // The list's metadata comes before its items, from every server that we know: a short look is enough.
        var reader = new Utf8JsonReader(page);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                continue;
            if (reader.ValueTextEquals("items"u8))
            {
                reader.Read();
                reader.Skip();
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                using var metadata = JsonDocument.ParseValue(ref reader);
                return metadata.RootElement.TryGetProperty("continue", out var token) ? token.GetString() ?? "" : "";
            }
        }

        return "";
    }

    private static byte[] PemBytes(byte[] pem, string label)
    {
        var text = System.Text.Encoding.ASCII.GetString(pem);
        var fields = System.Security.Cryptography.PemEncoding.Find(text);
        return text[fields.Label] == label ? Convert.FromBase64String(text[fields.Base64Data]) : throw new InvalidDataException($"No {label} in the PEM.");
    }
}
