using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KonUpgrade.Sandbox.Aws;

/// <summary>Signature Version 4 in the Authorization header: whether a request is signed, and with the right key.</summary>
internal static partial class Signature
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string FirstRegion = "us-east-1";

    /// <summary>How the time of a signature is written.</summary>
    public const string DateFormat = "yyyyMMdd'T'HHmmss'Z'";

    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    /// <summary>Passes when the request is signed rightly.</summary>
    /// <exception cref="AwsError">403, as the service says it.</exception>
    public static void Check(HttpRequest request, byte[] body, AwsKey key, IAwsService service)
    {
        string authorization = request.Headers.Authorization.ToString();
        if (authorization.Length == 0) throw new AwsError(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
        Match match = Header().Match(authorization);
        if (!match.Success) throw new AwsError(403, "IncompleteSignatureException", "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.");
        string[] scope = match.Groups["credential"].Value.Split('/');
        if (scope.Length != 5 || scope[4] != "aws4_request") throw new AwsError(403, "IncompleteSignatureException", "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term");
        if (scope[0] != key.AccessKeyId) throw new AwsError(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
        if (scope[3] != service.Name) throw Wrong($"Credential should be scoped to correct service: '{service.Name}'.");
        if (scope[2] != key.Region && !(service.IsGlobal && scope[2] == FirstRegion)) throw Wrong($"Credential should be scoped to a valid region, not '{scope[2]}'.");
        string sent = request.Headers["x-amz-date"].ToString();
        if (!DateTimeOffset.TryParseExact(sent, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) || !sent.StartsWith(scope[1], StringComparison.Ordinal))
            throw new AwsError(403, "IncompleteSignatureException", "Date must be in ISO-8601 'basic format' and that of the credential.");
        DateTimeOffset now = DateTimeOffset.UtcNow;
        if ((now - date).Duration() > MostSkew)
            throw Wrong($"Signature expired: {sent} is now earlier than {(now - MostSkew).ToString(DateFormat, CultureInfo.InvariantCulture)} ({now.ToString(DateFormat, CultureInfo.InvariantCulture)} - 5 min.)");
        if (!key.VerifySignatures) return;
        string[] signed = match.Groups["headers"].Value.Split(';');
        if (!signed.Contains("host")) throw Wrong("'Host' must be a 'SignedHeader' in the AWS Authorization.");
        string bodyHash = Hash(body);
        string told = request.Headers["x-amz-content-sha256"].ToString();
        if (told.Length == 64 && told != bodyHash) throw Wrong("The provided 'x-amz-content-sha256' header does not match what was computed.");
        string canonical = string.Join('\n', request.Method, Path(request), Query(request.Query), Headers(request, signed), string.Join(';', signed), told.Length > 0 ? told : bodyHash);
        if (!Fits(match.Groups["signature"].Value, canonical, sent, scope[1..], key.SecretAccessKey))
            throw Wrong("The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.");
    }

    /// <summary>The service that a request says it is signed for; null where it says none.</summary>
    public static string? ServiceOf(HttpRequest request)
        => Header().Match(request.Headers.Authorization.ToString()) is { Success: true } match && match.Groups["credential"].Value.Split('/') is [_, _, _, var service, _] ? service : null;

    /// <summary>Whether a signature is that of a canonical request.</summary>
    /// <param name="signature">In hexadecimal digits.</param>
    /// <param name="canonical">The canonical request.</param>
    /// <param name="time">As it was sent.</param>
    /// <param name="scope">Date, region, service and the last word.</param>
    /// <param name="secret">The secret of the access key.</param>
    public static bool Fits(string signature, string canonical, string time, IReadOnlyList<string> scope, string secret)
    {
        string toSign = string.Join('\n', Algorithm, time, string.Join('/', scope), Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        byte[] derived = Encoding.UTF8.GetBytes($"AWS4{secret}");
        foreach (string part in scope) derived = Hmac(derived, part);
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hex(Hmac(derived, toSign))), Encoding.ASCII.GetBytes(signature));
    }

    /// <summary>The query as it is signed, without the signature itself.</summary>
    public static string Query(IQueryCollection query)
        => string.Join('&', query
            .Where(pair => pair.Key != "X-Amz-Signature")
            .SelectMany(pair => pair.Value.Select(value => (Name: Uri.EscapeDataString(pair.Key), Value: Uri.EscapeDataString(value ?? string.Empty))))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
            .Select(pair => $"{pair.Name}={pair.Value}"));

    /// <summary>The hash of a body.</summary>
    public static string Hash(byte[] body) => Hex(SHA256.HashData(body));

    // Encoded once more than it was sent, as every service but S3 wants it.
    private static string Path(HttpRequest request)
    {
        string raw = request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;
        int query = raw.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0) raw = raw[..query];
        return string.Join('/', raw.Split('/').Select(Uri.EscapeDataString));
    }

    private static string Headers(HttpRequest request, string[] names)
    {
        var text = new StringBuilder();
        foreach (string name in names)
            text.Append(name).Append(':').AppendJoin(',', request.Headers[name].Select(value => Spaces().Replace((value ?? string.Empty).Trim(), " "))).Append('\n');
        return text.ToString();
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

    private static AwsError Wrong(string message) => new(403, "InvalidSignatureException", message);

    [GeneratedRegex(@"^AWS4-HMAC-SHA256\s+Credential=(?<credential>[^,\s]+),\s*SignedHeaders=(?<headers>[^,\s]+),\s*Signature=(?<signature>[0-9a-f]+)\s*\z")]
    private static partial Regex Header();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
