using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>Makes tokens for one EKS cluster in this process, without the aws program.</summary>
public sealed class EksTokenSource
{
    // EKS takes a token for 15 minutes from its signature; the aws program says 14.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(14);

    private readonly EksTokenRequest _request;
    private readonly AwsCredentialSource _source;
    private readonly string _region;
    private readonly TimeProvider _time;
    private AWSCredentials? _credentials;

    private EksTokenSource(EksTokenRequest request, AwsCredentialSource source, string region, TimeProvider time) =>
        (_request, _source, _region, _time) = (request, source, region, time);

    /// <summary>Makes a source.</summary>
    /// <param name="request">Which token is wanted.</param>
    /// <param name="environment">The environment that counts: an exec entry's own over the process's.</param>
    /// <param name="server">The cluster's URL: EKS names the region in it.</param>
    /// <param name="mayStartPrograms">Whether a profile's credential_process may run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="whyNot">What can't be answered in the process; null on success.</param>
    /// <returns>The source, or null.</returns>
    public static EksTokenSource? TryCreate(
        EksTokenRequest request, Func<string, string?> environment, Uri server, bool mayStartPrograms, TimeProvider time, out string? whyNot)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(server);
        var source = new AwsCredentialSource(environment, mayStartPrograms);
        whyNot = source.WhyNot();
        if (whyNot is not null)
            return null;
        var region = request.Region ?? source.Region(request.Profile) ?? RegionOf(server) ?? "us-east-1";
        return new EksTokenSource(request, source, region, time);
    }

    /// <summary>Makes a token.</summary>
    /// <returns>The token, and when to have another.</returns>
    /// <exception cref="UpgradeException">AwsCredentialsNotFound, AwsLoginFailed, ExecForbidden.</exception>
    public async Task<(string Token, DateTimeOffset Expires)> GetTokenAsync(CancellationToken cancellationToken)
    {
        var own = _credentials ??= await _source.FindAsync(_request.Profile, cancellationToken).ConfigureAwait(false);
        var now = _time.GetUtcNow();
        var expires = now + Life;
        ImmutableCredentials keys;
        try
        {
            keys = await own.GetCredentialsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or InvalidOperationException or TimeoutException)
        {
            // A later try begins with a new look: the login may have been renewed beside us.
            _credentials = null;
            throw AwsFailures.Refused("The AWS credentials can't be had", e);
        }
        if (_request.RoleArn is { } role)
        {
            var assumed = await AssumeAsync(own, role, cancellationToken).ConfigureAwait(false);
            keys = new ImmutableCredentials(assumed.AccessKeyId, assumed.SecretAccessKey, assumed.SessionToken);
            if (assumed.Expiration is { } end && end.ToUniversalTime() < expires)
                expires = end.ToUniversalTime();
        }
        return (EksTokenSigner.Sign(keys, _region, _request.ClusterId, now, _source.StsEndpoint()), expires);
    }

    /// <summary>Forgets the credentials, so that the next token comes from a new look.</summary>
    public void Forget() => _credentials = null;

    /// <summary>The region in the URL of an EKS cluster (<c>….gr7.eu-west-1.eks.amazonaws.com</c>), or null.</summary>
    internal static string? RegionOf(Uri server)
    {
        var parts = server.Host.Split('.');
        var eks = Array.IndexOf(parts, "eks");
        return eks >= 2 && eks + 1 < parts.Length && parts[eks + 1] is "amazonaws" or "api" ? parts[eks - 1] : null;
    }

    private async Task<Credentials> AssumeAsync(AWSCredentials own, string role, CancellationToken cancellationToken)
    {
        var config = new AmazonSecurityTokenServiceConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(_region), AuthenticationRegion = _region };
        if (_source.StsEndpoint() is { } endpoint)
            config.ServiceURL = endpoint.ToString();
        using var sts = new AmazonSecurityTokenServiceClient(own, config);
        try
        {
            var answer = await sts.AssumeRoleAsync(
                new AssumeRoleRequest { RoleArn = role, RoleSessionName = _request.RoleSessionName, ExternalId = _request.ExternalId }, cancellationToken).ConfigureAwait(false);
            return answer.Credentials;
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            throw AwsFailures.Refused($"The role {role} can't be assumed", e);
        }
    }
}
