using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Sts;

/// <summary>Who asks AWS.</summary>
/// <param name="Partition">The partition: <c>aws</c>, <c>aws-cn</c>, <c>aws-us-gov</c>.</param>
/// <param name="AccountId">The account's twelve digits.</param>
/// <param name="Arn">The user, or the session of a role.</param>
public sealed record CallerIdentity(string Partition, string AccountId, string Arn)
{
    private static readonly AwsService Service = new("STS", "sts", "2011-06-15");

    /// <summary>Asks the service (GetCallerIdentity), which needs no right.</summary>
    /// <param name="options">As whom, and where.</param>
    /// <param name="reporter">Told which credentials are used.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    /// <exception cref="UpgradeException">What is wrong with the login or the region.</exception>
    public static async Task<CallerIdentity> GetAsync(AwsOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        using var login = new AwsLogin(options, reporter);
        var region = await login.RegionAsync(cancellationToken).ConfigureAwait(false);
        var (credentials, _) = await login.GetAsync(cancellationToken).ConfigureAwait(false);
        var place = AwsPlace.Of(options.EndpointUrl, login.Source, Service, RegionalEndpoint.Named("sts")(region, login.Source), region);
        var config = new AmazonSecurityTokenServiceConfig
        {
            ServiceURL = place.Url.ToString(),
            AuthenticationRegion = place.SigningRegion,
            RetryMode = place.RetryMode,
            MaxErrorRetry = place.MaxAttempts - 1,
            Timeout = TimeSpan.FromSeconds(20),
        };
        using var client = new AmazonSecurityTokenServiceClient(credentials, config);
        try
        {
            var answer = await client.GetCallerIdentityAsync(new GetCallerIdentityRequest(), cancellationToken).ConfigureAwait(false);
            return answer.Arn?.Split(':') is ["arn", { Length: > 0 } partition, ..] && answer.Account is { Length: > 0 } account
                ? new CallerIdentity(partition, account, answer.Arn)
                : throw new AmazonClientException("the answer has no account.");
        }
        catch (Exception e) when (AwsFailures.IsFailure(e, cancellationToken))
        {
            throw new AwsException(AwsFailures.Of(e, new AwsCall($"STS in {region} did not tell whose the login is", "sts:GetCallerIdentity", "sts")), e);
        }
    }
}
