using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>
/// Finds AWS credentials in the order of the aws program: the profile of an argument; keys, then a web identity, in the
/// environment; the environment's or the default profile (keys, roles, SSO, web identity); container; instance.
/// </summary>
/// <param name="environment">The environment that counts: an exec entry's own over the process's.</param>
/// <param name="mayStartPrograms">Whether a profile's credential_process may run.</param>
internal sealed class AwsCredentialSource(Func<string, string?> environment, bool mayStartPrograms)
{
    private const int DeepestProfiles = 10;

    // The metadata service of an instance is asked last, and answers at once where there is one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The region that environment and profile say, or null.</summary>
    public string? Region(string? profile) =>
        Value("AWS_REGION") ?? Value("AWS_DEFAULT_REGION") ?? (Chain().TryGetProfile(ProfileName(profile), out var found) ? found.Region?.SystemName : null);

    /// <summary>Credentials that renew themselves where they can.</summary>
    /// <exception cref="UpgradeException">AwsCredentialsNotFound, ExecForbidden, AwsLoginFailed.</exception>
    public async Task<AWSCredentials> FindAsync(string? profile, CancellationToken cancellationToken)
    {
        // A profile that was asked for by argument shuts the environment's keys out.
        if (profile is null)
        {
            if (Value("AWS_ACCESS_KEY_ID") is { } key && Value("AWS_SECRET_ACCESS_KEY") is { } secret)
                return Value("AWS_SESSION_TOKEN") is { } token ? new SessionAWSCredentials(key, secret, token) : new BasicAWSCredentials(key, secret);
            if (Value("AWS_WEB_IDENTITY_TOKEN_FILE") is { } file && Value("AWS_ROLE_ARN") is { } role)
                return new AssumeRoleWithWebIdentityCredentials(file, role, Value("AWS_ROLE_SESSION_NAME") ?? "konupgrade");
        }
        var name = ProfileName(profile);
        var chain = Chain();
        if (chain.TryGetProfile(name, out _))
        {
            if (!mayStartPrograms)
                RefuseProcesses(chain, name);
            try
            {
                if (chain.TryGetAWSCredentials(name, out var credentials))
                    return credentials;
            }
            catch (Exception e) when (e is AmazonClientException or InvalidOperationException or ArgumentException)
            {
                throw AwsFailures.Refused($"The AWS profile '{name}' can't be used", e);
            }
            // A profile with nothing but settings, as the default one often is, leaves it to what follows.
        }
        else if (profile is not null || Value("AWS_PROFILE") is not null)
        {
            throw AwsFailures.NoCredentials($"there is no profile '{name}'");
        }
        if (profile is not null)
            throw AwsFailures.NoCredentials($"the profile '{name}' has none");
        // The SDK's own chain has container and instance at its end.
        var config = new AmazonSecurityTokenServiceConfig { RegionEndpoint = RegionEndpoint.USEast1 };
        try
        {
            return await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(config).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is AmazonClientException or TimeoutException or HttpRequestException or InvalidOperationException)
        {
            throw AwsFailures.NoCredentials($"environment, profile '{name}', container, instance", e);
        }
    }

    /// <summary>Where STS is, if the environment says so, or null.</summary>
    public Uri? StsEndpoint()
    {
        if (string.Equals(Value("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true", StringComparison.OrdinalIgnoreCase))
            return null;
        return Uri.TryCreate(Value("AWS_ENDPOINT_URL_STS") ?? Value("AWS_ENDPOINT_URL"), UriKind.Absolute, out var endpoint) ? endpoint : null;
    }

    /// <summary>Why the environment can't be honoured in the process, or null.</summary>
    public string? WhyNot()
    {
        // The SDK reads these from the process's own environment alone, or knows only both files side by side.
        foreach (var name in new[] { "AWS_CONFIG_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CA_BUNDLE" })
        {
            if (Value(name) is { } value && value != Environment.GetEnvironmentVariable(name))
                return $"it sets {name}";
        }
        return null;
    }

    private string ProfileName(string? profile) => profile ?? Value("AWS_PROFILE") ?? Value("AWS_DEFAULT_PROFILE") ?? "default";

    private CredentialProfileStoreChain Chain() =>
        Value("AWS_SHARED_CREDENTIALS_FILE") is { } file && file != Environment.GetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE")
            ? new CredentialProfileStoreChain(file)
            : new CredentialProfileStoreChain();

    private static void RefuseProcesses(CredentialProfileStoreChain chain, string name)
    {
        string? next = name;
        for (var depth = 0; depth < DeepestProfiles && next is not null && chain.TryGetProfile(next, out var profile); depth++)
        {
            if (!string.IsNullOrEmpty(profile.Options.CredentialProcess))
                throw AwsFailures.ProcessForbidden(next);
            next = profile.Options.SourceProfile;
        }
    }

    private string? Value(string name) => environment(name) is { Length: > 0 } value ? value : null;
}
