using System.Text;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>
/// Makes the bearer token of an EKS cluster: a GetCallerIdentity request to STS, signed in advance and naming the cluster
/// in a signed header, in base64. EKS sends it off itself to learn who it is that made it.
/// </summary>
internal static class EksTokenSigner
{
    private const string Prefix = "k8s-aws-v1.";

    // The signature's own life, as the aws program asks for it; EKS takes the token for 15 minutes all the same.
    private const string ExpiresSeconds = "60";

    public static string Sign(ImmutableCredentials credentials, string region, string clusterId, DateTimeOffset at, Uri? sts = null)
    {
        var endpoint = RegionEndpoint.GetBySystemName(region);
        var root = sts ?? new Uri($"https://sts.{region}.{endpoint.PartitionDnsSuffix}");
        var request = new DefaultRequest(new GetCallerIdentityRequest(), "sts")
        {
            HttpMethod = "GET",
            Endpoint = root,
            ResourcePath = "/",
            UseQueryString = true,
        };
        request.Parameters["Action"] = "GetCallerIdentity";
        request.Parameters["Version"] = "2011-06-15";
        request.Parameters["X-Amz-Expires"] = ExpiresSeconds;
        if (credentials.UseToken)
            request.Parameters["X-Amz-Security-Token"] = credentials.Token;
        request.Headers["x-k8s-aws-id"] = clusterId;
        var config = new AmazonSecurityTokenServiceConfig { RegionEndpoint = endpoint };
        var signature = AWS4PreSignedUrlSigner.SignRequest(
            request, config, new RequestMetrics(), credentials.AccessKey, credentials.SecretKey, "sts", region, at.UtcDateTime);
        var url = new StringBuilder(root.GetLeftPart(UriPartial.Authority)).Append("/?");
        foreach (var (name, value) in request.Parameters)
            url.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value)).Append('&');
        url.Append(signature.ForQueryParameters);
        return Prefix + Convert.ToBase64String(Encoding.UTF8.GetBytes(url.ToString())).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
