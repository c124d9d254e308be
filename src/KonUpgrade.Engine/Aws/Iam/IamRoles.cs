using Amazon.Runtime;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Iam;

/// <summary>
/// Roles of the account that the AWS credentials belong to: given ones, environment, profiles, web identity, container,
/// instance. Nothing is looked for before the first call.
/// </summary>
/// <param name="options">As whom, and where; null for what environment and profiles say, with no program started.</param>
public sealed class IamRoles(AwsOptions? options = null) : IIamRoles, IDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly AwsLogin _login = new(options ?? new AwsOptions(), NullReporter.Instance);
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
        catch (Exception e) when (AwsFailures.IsFailure(e, cancellationToken))
        {
            throw new UpgradeException(AwsFailures.Of(e, new AwsCall($"IAM could not be asked for the role {roleName}", "iam:GetRole", roleName)), e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client?.Dispose();
        _login.Dispose();
        _opening.Dispose();
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
                var (credentials, _) = await _login.GetAsync(cancellationToken).ConfigureAwait(false);
                var (url, region) = IamClient.Home(_login.Source.Region ?? "us-east-1");
                return _client = new IamClient(credentials, AwsPlace.Of(options?.EndpointUrl, _login.Source, IamClient.Service, url, region));
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
}
