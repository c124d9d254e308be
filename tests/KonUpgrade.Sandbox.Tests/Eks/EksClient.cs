using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Eks;

namespace KonUpgrade.Sandbox.Tests.Eks;

/// <summary>A plain client of the region's services that signs its requests.</summary>
public sealed class EksClient(SandboxEks eks) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = eks.Uri, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>The service that its requests are signed for.</summary>
    public string Service { get; init; } = "eks";

    public Task<EksReply> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<EksReply> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<EksReply> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    /// <summary>Sends a request; null for a part of the signature means the right one, empty for the secret means unsigned.</summary>
    public async Task<EksReply> SendAsync(HttpMethod method, string path, string body = "", string? secret = null, string? keyId = null, string? region = null, DateTimeOffset? at = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body.Length > 0) request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        if (secret != string.Empty) Sign(request, path, body, secret ?? eks.Settings.SecretAccessKey, keyId ?? eks.Settings.AccessKeyId, region ?? eks.Settings.Region, at ?? DateTimeOffset.UtcNow);
        using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string? Header(string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;
        return new EksReply((int)response.StatusCode, text, Header("x-amzn-ErrorType"), Header("x-amzn-RequestId"));
    }

    public void Dispose() => _http.Dispose();

    private void Sign(HttpRequestMessage request, string path, string body, string secret, string keyId, string region, DateTimeOffset at)
    {
        string time = at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture), scope = $"{time[..8]}/{region}/{Service}/aws4_request";
        string[] parts = path.Split('?', 2);
        string query = parts.Length == 1 ? "" : string.Join('&', parts[1].Split('&').Select(pair => pair.Contains('=', StringComparison.Ordinal) ? pair : pair + "=").Order(StringComparer.Ordinal));
        string canonical = $"{request.Method}\n{string.Join('/', parts[0].Split('/').Select(Uri.EscapeDataString))}\n{query}\nhost:{eks.Uri.Authority}\nx-amz-date:{time}\n\nhost;x-amz-date\n{Hash(body)}";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (string part in scope.Split('/')) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        byte[] signature = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hash(canonical)}"));
        request.Headers.Add("x-amz-date", time);
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={keyId}/{scope}, SignedHeaders=host;x-amz-date, Signature={Convert.ToHexString(signature).ToLowerInvariant()}");
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();
}

/// <summary>What came back.</summary>
public sealed record EksReply(int Code, string Text, string? ErrorType, string? RequestId)
{
    public JsonObject Json => (JsonObject)JsonNode.Parse(Text)!;

    public string Message => (string?)Json.FirstOrDefault(member => string.Equals(member.Key, "message", StringComparison.OrdinalIgnoreCase)).Value ?? string.Empty;

    public EksReply Must(int code)
    {
        Assert.True(Code == code, $"{code} was expected: {Code} {ErrorType} {Text}");
        return this;
    }

    /// <summary>This reply, which must be an error of a type, with words in its message.</summary>
    public EksReply MustFail(int code, string type, string words = "")
    {
        Must(code);
        Assert.Equal(type, ErrorType);
        Assert.Contains(words, Message, StringComparison.Ordinal);
        return this;
    }
}
