using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>
/// Roles of the account that the AWS SDK's own credentials belong to: environment, profiles, web identity, container,
/// instance. Nothing is looked for before the first call.
/// </summary>
/// <param name="options">Where the credentials and the service are; null for the SDK's defaults.</param>
public sealed class IamRoles(IamOptions? options = null) : IIamRoles, IDisposable
{
    // The metadata service of an instance is asked last and answers at once where there is one.
    private static readonly TimeSpan s_credentialPatience = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim _opening = new(1, 1);
    private IamClient? _client;
    private UpgradeException? _noClient;

    /// <inheritdoc/>
    public async Task<IamRole?> GetRoleAsync(string roleName, CancellationToken cancellationToken)
    {
        var client = await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var response = await client.GetRoleAsync(roleName, cancellationToken).ConfigureAwait(false);
            return new IamRole(response.RoleName, response.Arn);
        }
        catch (AmazonServiceException e) when (e.ErrorCode == "NoSuchEntity")
        {
            return null;
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or InvalidOperationException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new UpgradeException(Describe(e, roleName), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client?.Dispose();
        _opening.Dispose();
    }

    private static Failure Describe(Exception e, string roleName)
    {
        var service = e as AmazonServiceException;
        var (id, kind) = service?.ErrorCode switch
        {
            "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" => ("AwsAccessDenied", FailureKind.PermissionDenied),
            "InvalidClientTokenId" or "ExpiredToken" or "ExpiredTokenException" or "SignatureDoesNotMatch" or "UnrecognizedClientException" =>
                ("AwsLoginRefused", FailureKind.Authentication),
            "Throttling" or "ThrottlingException" => ("AwsThrottled", FailureKind.LimitsExceeded),
            _ when e is OperationCanceledException => ("AwsTimeout", FailureKind.Timeout),
            _ => ("AwsUnavailable", FailureKind.Unavailable),
        };
        return new Failure
        {
            Id = id,
            Kind = kind,
            Message = $"IAM could not be asked for the role {roleName}: {service?.ErrorCode ?? e.GetType().Name}: {e.Message}",
            Recommendation = "Use AWS credentials of the target's account that may call iam:GetRole.",
            Target = roleName,
        };
    }

    private async Task<IamClient> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_client is { } client)
                return client;
            if (_noClient is { } known)
                throw known;
            try
            {
                var credentials = options?.Credentials ?? await FindCredentialsAsync(cancellationToken).ConfigureAwait(false);
                return _client = new IamClient(credentials, options ?? new IamOptions());
            }
            catch (UpgradeException e)
            {
                // Asked once a run, not once a role.
                _noClient = e;
                throw;
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<AWSCredentials> FindCredentialsAsync(CancellationToken cancellationToken)
    {
        if (!AwsSetup.IsHere())
            throw new UpgradeException(NoCredentials());
        try
        {
            var found = DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(new IamClientConfig(options ?? new IamOptions()));
            var credentials = await found.WaitAsync(s_credentialPatience, cancellationToken).ConfigureAwait(false);
            await credentials.GetCredentialsAsync().WaitAsync(s_credentialPatience, cancellationToken).ConfigureAwait(false);
            return credentials;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new UpgradeException(NoCredentials(), e);
        }
    }

    private static Failure NoCredentials() => new()
    {
        Id = "NoAwsCredentials",
        Kind = FailureKind.Authentication,
        Message = "No AWS credentials were found.",
        Recommendation = "Log in to AWS (environment, profile or role) with credentials of the target's account.",
    };
}
