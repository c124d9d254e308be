using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>Makes tokens for one EKS cluster in this process, without the aws program.</summary>
public sealed class EksTokenSource : IDisposable
{
    // EKS takes a token for 15 minutes from its signature; the aws program says 14.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(14);

    private readonly EksTokenRequest _request;
    private readonly AwsLogin _login;
    private readonly string _region;
    private readonly TimeProvider _time;

    private EksTokenSource(EksTokenRequest request, AwsLogin login, string region, TimeProvider time) =>
        (_request, _login, _region, _time) = (request, login, region, time);

    /// <summary>Makes a source for a login program of a kubeconfig.</summary>
    /// <param name="request">Which token is wanted.</param>
    /// <param name="environment">The environment that counts: an exec entry's own over the process's.</param>
    /// <param name="server">The cluster's URL: EKS names the region in it.</param>
    /// <param name="mayStartPrograms">Whether a profile's credential_process may run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="reporter">Told which credentials are used.</param>
    /// <param name="whyNot">What can't be answered in the process; null on success.</param>
    /// <returns>The source, or null.</returns>
    public static EksTokenSource? TryCreate(
        EksTokenRequest request, Func<string, string?> environment, Uri server, bool mayStartPrograms, TimeProvider time, IReporter reporter, out string? whyNot)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(server);
        var login = new AwsLogin(new AwsOptions { ProfileName = request.Profile, Environment = environment, MayStartPrograms = mayStartPrograms }, reporter);
        var region = request.Region ?? login.Source.Region ?? RegionOf(server) ?? "us-east-1";
        whyNot = login.Source.WhyNot() ?? (AwsLogin.IsRegion(region) ? null : $"'{region}' is no name of a region");
        if (whyNot is null)
            return new EksTokenSource(request, login, region, time);
        login.Dispose();
        return null;
    }

    /// <summary>Makes a source for a cluster that EKS itself told of.</summary>
    /// <param name="clusterName">The cluster's name.</param>
    /// <param name="region">Its region.</param>
    /// <param name="options">As whom its tokens are made.</param>
    /// <param name="time">The clock.</param>
    /// <param name="reporter">Told which credentials are used.</param>
    /// <exception cref="UpgradeException">AwsRegionInvalid.</exception>
    public static EksTokenSource Create(string clusterName, string region, AwsOptions options, TimeProvider time, IReporter reporter) => AwsLogin.IsRegion(region)
        ? new EksTokenSource(new EksTokenRequest { ClusterId = clusterName }, new AwsLogin(options, reporter), region, time)
        : throw AwsFailures.InvalidRegion(region);

    /// <summary>Makes a token.</summary>
    /// <returns>The token, and when to have another.</returns>
    /// <exception cref="UpgradeException">AwsCredentialsNotFound, AwsLoginFailed, ExecForbidden.</exception>
    public async Task<(string Token, DateTimeOffset Expires)> GetTokenAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var expires = now + Life;
        var (own, keys) = await _login.GetAsync(cancellationToken).ConfigureAwait(false);
        var sts = _login.Source.Endpoint("STS");
        if (_request.RoleArn is { } role)
        {
            var assumed = await AssumeAsync(own, role, sts, cancellationToken).ConfigureAwait(false);
            keys = new ImmutableCredentials(assumed.AccessKeyId, assumed.SecretAccessKey, assumed.SessionToken);
            if (assumed.Expiration is { } end && end.ToUniversalTime() < expires)
                expires = end.ToUniversalTime();
        }
        return (EksTokenSigner.Sign(keys, _region, _request.ClusterId, now, sts), expires);
    }

    /// <summary>Forgets the credentials, so that the next token comes from a new look.</summary>
    public void Forget() => _login.Forget();

    /// <inheritdoc/>
    public void Dispose() => _login.Dispose();

    /// <summary>The region in the URL of an EKS cluster (<c>….gr7.eu-west-1.eks.amazonaws.com</c>), or null.</summary>
    internal static string? RegionOf(Uri server)
    {
        var parts = server.Host.Split('.');
        var eks = Array.IndexOf(parts, "eks");
        return eks >= 2 && eks + 1 < parts.Length && parts[eks + 1] is "amazonaws" or "api" ? parts[eks - 1] : null;
    }

    private async Task<Credentials> AssumeAsync(AWSCredentials own, string role, Uri? endpoint, CancellationToken cancellationToken)
    {
        var config = new AmazonSecurityTokenServiceConfig { RegionEndpoint = RegionEndpoint.GetBySystemName(_region), AuthenticationRegion = _region };
        if (endpoint is not null)
            config.ServiceURL = endpoint.ToString();
        using var sts = new AmazonSecurityTokenServiceClient(own, config);
        try
        {
            var answer = await sts.AssumeRoleAsync(
                new AssumeRoleRequest { RoleArn = role, RoleSessionName = _request.RoleSessionName, ExternalId = _request.ExternalId }, cancellationToken).ConfigureAwait(false);
            return answer.Credentials;
        }
        catch (Exception e) when (AwsFailures.IsFailure(e, cancellationToken))
        {
            throw AwsFailures.Refused($"The role {role} can't be assumed", e);
        }
    }
}
