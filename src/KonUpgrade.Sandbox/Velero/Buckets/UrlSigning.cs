using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KonUpgrade.Sandbox.Velero.Buckets;

/// <summary>
/// URLs that let whoever has them read one file for a while. They look as those of S3 do, and are signed in a simpler way:
/// nobody but this sandbox ever checks them.
/// </summary>
internal sealed class UrlSigning
{
    private const string Form = "yyyyMMdd'T'HHmmss'Z'";

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public Uri Sign(Uri address, string bucket, string key, DateTimeOffset now, TimeSpan lasts)
    {
        string path = $"/{Uri.EscapeDataString(bucket)}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";
        string date = now.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture), seconds = ((long)lasts.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return new Uri($"{address.GetLeftPart(UriPartial.Path).TrimEnd('/')}{path}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={date}&X-Amz-Expires={seconds}&X-Amz-SignedHeaders=host&X-Amz-Signature={Signature(bucket, key, date, seconds)}");
    }

    /// <summary>What is wrong with the signature of a URL, as the code that S3 answers; null when it may be read.</summary>
    public string? Problem(string bucket, string key, string date, string seconds, string signature, DateTimeOffset now)
    {
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), Encoding.ASCII.GetBytes(Signature(bucket, key, date, seconds)))) return "SignatureDoesNotMatch";
        DateTimeOffset from = DateTimeOffset.ParseExact(date, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        return from.AddSeconds(long.Parse(seconds, CultureInfo.InvariantCulture)) < now ? "AccessDenied" : null;
    }

    private string Signature(string bucket, string key, string date, string seconds)
        => Convert.ToHexString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{bucket}\n{key}\n{date}\n{seconds}"))).ToLowerInvariant();
}
