using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Sandbox.Tests;

/// <summary>A plain client: it sends what a test says and hands back what comes.</summary>
public sealed class ApiClient : IDisposable
{
    private readonly HttpClient _http;

    public ApiClient(SandboxHost host, SandboxCluster cluster, string? token = null, bool http2 = true)
        : this(host, cluster.Uri, token ?? cluster.AdminToken, http2)
    {
    }

    public ApiClient(SandboxHost host, Uri uri, string? token, bool http2 = true)
        : this(uri, File.ReadAllText((host ?? throw new ArgumentNullException(nameof(host))).CertificateAuthorityPath), token, http2: http2)
    {
    }

    public ApiClient(Uri uri, string authorityPem, string? token, X509Certificate2? login = null, bool http2 = true)
    {
        X509Certificate2 authority = X509Certificate2.CreateFromPem(authorityPem);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { authority },
        };
        if (login is not null) handler.SslOptions.ClientCertificates = [login];
        _http = new HttpClient(handler)
        {
            BaseAddress = uri,
            DefaultRequestVersion = http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromSeconds(60),
        };
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public HttpClient Http => _http;

    public Task<Reply> GetAsync(string path, string? accept = null) => SendAsync(HttpMethod.Get, path, null, accept: accept);

    public Task<Reply> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Reply> PutAsync(string path, JsonObject body) => SendAsync(HttpMethod.Put, path, body?.ToJsonString());

    public Task<Reply> MergeAsync(string path, string body) => SendAsync(HttpMethod.Patch, path, body, "application/merge-patch+json");

    public Task<Reply> StrategicAsync(string path, string body) => SendAsync(HttpMethod.Patch, path, body, "application/strategic-merge-patch+json");

    public Task<Reply> ApplyAsync(string path, string body, string manager, bool force = false)
        => SendAsync(HttpMethod.Patch, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}fieldManager={manager}{(force ? "&force=true" : "")}", body, "application/apply-patch+yaml");

    public Task<Reply> DeleteAsync(string path, string? body = null) => SendAsync(HttpMethod.Delete, path, body);

    public async Task<Reply> SendAsync(HttpMethod method, string path, string? body, string contentType = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path) { Version = _http.DefaultRequestVersion, VersionPolicy = _http.DefaultVersionPolicy };
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string[] warnings = response.Headers.TryGetValues("Warning", out IEnumerable<string>? values) ? [.. values] : [];
        int? retryAfter = (int?)response.Headers.RetryAfter?.Delta?.TotalSeconds;
        return new Reply((int)response.StatusCode, text, warnings, retryAfter, response.Content.Headers.ContentType?.ToString()) { Location = response.Headers.Location?.OriginalString };
    }

    /// <summary>What a watch tells until it ends, twenty seconds at most.</summary>
    public async IAsyncEnumerable<JsonObject> EventsAsync(string path)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        using HttpResponseMessage response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(deadline.Token));
        while (await reader.ReadLineAsync(deadline.Token) is { } line) yield return (JsonObject)JsonNode.Parse(line)!;
    }

    /// <summary>The first events of a watch.</summary>
    public async Task<List<JsonObject>> TakeAsync(string path, int count)
    {
        var events = new List<JsonObject>();
        await foreach (JsonObject item in EventsAsync(path))
        {
            events.Add(item);
            if (events.Count == count) break;
        }
        Assert.Equal(count, events.Count);
        return events;
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>What came back.</summary>
public sealed record Reply(int Code, string Text, IReadOnlyList<string> Warnings, int? RetryAfterSeconds, string? ContentType)
{
    /// <summary>Where it sends on to.</summary>
    public string? Location { get; init; }

    public JsonObject Json => (JsonObject)JsonNode.Parse(Text)!;

    public string Message => (string?)Json["message"] ?? string.Empty;

    public string Reason => (string?)Json["reason"] ?? string.Empty;

    public string ResourceVersion => (string)Json["metadata"]!["resourceVersion"]!;

    public string Uid => (string)Json["metadata"]!["uid"]!;

    public IReadOnlyList<string> Names => [.. Json["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!)];

    /// <summary>This reply, which must have the code.</summary>
    public Reply Must(int code)
    {
        Assert.True(Code == code, $"{code} was expected: {Code} {Text}");
        return this;
    }
}
