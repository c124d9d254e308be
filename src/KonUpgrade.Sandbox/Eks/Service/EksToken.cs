using System.Globalization;
using System.Text;
using KonUpgrade.Sandbox.Aws;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace KonUpgrade.Sandbox.Eks.Service;

/// <summary>
/// The token by which one logs in to a cluster of EKS, as <c>aws eks get-token</c> makes it: a signed request of STS for
/// the caller's identity, in which the cluster's name is a signed header.
/// </summary>
internal static class EksToken
{
    private const string Prefix = "k8s-aws-v1.";
    private const string ClusterHeader = "x-k8s-aws-id";

    // The authenticator takes tokens for this long, whatever they say themselves.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Whether a token is signed with the account's key, for this cluster, and lately.</summary>
    public static bool IsGood(string token, string cluster, EksSettings settings)
    {
        if (!token.StartsWith(Prefix, StringComparison.Ordinal) || Decode(token[Prefix.Length..]) is not { } url) return false;
        if (url.Scheme != "https" || url.AbsolutePath != "/" || !url.Host.StartsWith("sts.", StringComparison.Ordinal) || !url.Host.EndsWith(".amazonaws.com", StringComparison.Ordinal)) return false;
        var query = new QueryCollection(QueryHelpers.ParseQuery(url.Query));
        string[] credential = query["X-Amz-Credential"].ToString().Split('/');
        string time = query["X-Amz-Date"].ToString(), signed = query["X-Amz-SignedHeaders"].ToString();
        if (query["Action"] != "GetCallerIdentity" || signed != $"host;{ClusterHeader}") return false;
        if (credential.Length != 5 || credential[0] != settings.AccessKeyId || credential[3] != "sts") return false;
        if (!DateTimeOffset.TryParseExact(time, Signature.DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset made)) return false;
        TimeSpan age = DateTimeOffset.UtcNow - made;
        if (age > Lifetime || age < -Lifetime) return false;
        string canonical = string.Join('\n', "GET", "/", Signature.Query(query), $"host:{url.Authority}", $"{ClusterHeader}:{cluster}", string.Empty, signed, Signature.Hash([]));
        return Signature.Fits(query["X-Amz-Signature"].ToString(), canonical, time, credential[1..], settings.SecretAccessKey);
    }

    private static Uri? Decode(string text)
    {
        try
        {
            return Uri.TryCreate(Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(text)), UriKind.Absolute, out Uri? url) ? url : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
