using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws;

/// <summary>
/// Finds AWS credentials in the order of the aws program: keys that were given; the profile of an argument; keys, then a
/// web identity, in the environment; the environment's or the default profile (keys, roles, SSO, web identity);
/// container; instance.
/// </summary>
/// <param name="options">Who is meant.</param>
internal sealed class AwsCredentialSource(AwsOptions options)
{
    private const int DeepestProfiles = 10;

    // The metadata service of an instance is asked last, and answers at once where there is one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The profile that counts, whether it is there or not.</summary>
    public CredentialProfile? Profile => Chain().TryGetProfile(ProfileName, out var found) ? found : null;

    private string ProfileName => options.ProfileName ?? Value("AWS_PROFILE") ?? Value("AWS_DEFAULT_PROFILE") ?? "default";

    /// <summary>The region that the options, the environment or the profile say, or null.</summary>
    public string? Region => options.Region ?? Value("AWS_REGION") ?? Value("AWS_DEFAULT_REGION") ?? Profile?.Region?.SystemName;

    /// <summary>Whether endpoints are to be those of FIPS 140.</summary>
    public bool UseFips => Flag("AWS_USE_FIPS_ENDPOINT", Profile?.UseFIPSEndpoint);

    /// <summary>Whether endpoints are to be those with IPv6 too.</summary>
    public bool UseDualStack => Flag("AWS_USE_DUALSTACK_ENDPOINT", Profile?.UseDualstackEndpoint);

    /// <summary>A variable of the environment that counts; null where it is not set or empty.</summary>
    public string? Value(string name) => options.Environment(name) is { Length: > 0 } value ? value : null;

    /// <summary>Credentials that renew themselves where they can.</summary>
    /// <returns>The credentials, and where they come from, without a secret.</returns>
    /// <exception cref="UpgradeException">AwsCredentialsNotFound, AwsEnvironmentNotHeard, ExecForbidden, AwsLoginFailed.</exception>
    public async Task<(AWSCredentials Credentials, string Source)> FindAsync(CancellationToken cancellationToken)
    {
        if (options.Keys is { } given)
        {
            var (key, secret, token) = given.Reveal();
            return (Keys(key, secret, token), "keys that were given");
        }
        // A profile that was asked for by argument shuts the environment's keys out.
        if (options.ProfileName is null)
        {
            if (Value("AWS_ACCESS_KEY_ID") is { } key && Value("AWS_SECRET_ACCESS_KEY") is { } secret)
                return (Keys(key, secret, Value("AWS_SESSION_TOKEN")), "the environment's keys");
            if (Value("AWS_WEB_IDENTITY_TOKEN_FILE") is { } file && Value("AWS_ROLE_ARN") is { } role)
                return (new AssumeRoleWithWebIdentityCredentials(file, role, Value("AWS_ROLE_SESSION_NAME") ?? "konupgrade"), $"the environment's web identity, for the role {role}");
        }
        if (WhyNot() is { } why)
            throw AwsFailures.NotHeard(why);
        if (FromProfile() is { } found)
            return found;
        if (options.ProfileName is not null)
            throw AwsFailures.NoCredentials($"the profile '{ProfileName}' has none");
        return await FromMachineAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The URL that environment or profile say for a service, or null.</summary>
    /// <param name="service">The service's id; the variables write it in capitals: EKS, IAM, BACKUP.</param>
    /// <exception cref="UpgradeException">AwsEndpointInvalid: what was meant for another place must not go to the service's own.</exception>
    public Uri? Endpoint(string service)
    {
        if (string.Equals(Value("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true", StringComparison.OrdinalIgnoreCase))
            return null;
        foreach (var name in new[] { $"AWS_ENDPOINT_URL_{service.ToUpperInvariant().Replace(' ', '_')}", "AWS_ENDPOINT_URL" })
        {
            if (Value(name) is { } said)
                return Url(said, name);
        }
        return Profile is { IgnoreConfiguredEndpointUrls: not true, EndpointUrl: { Length: > 0 } own } ? Url(own, $"endpoint_url of the profile '{ProfileName}'") : null;

        static Uri Url(string text, string from) =>
            Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" ? url : throw AwsFailures.InvalidEndpoint(from);
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

    private bool Flag(string name, bool? said) => bool.TryParse(Value(name), out var own) ? own : said ?? false;

    private static AWSCredentials Keys(string key, string secret, string? token) =>
        token is null ? new BasicAWSCredentials(key, secret) : new SessionAWSCredentials(key, secret, token);

    private (AWSCredentials Credentials, string Source)? FromProfile()
    {
        var (name, chain) = (ProfileName, Chain());
        if (!chain.TryGetProfile(name, out var profile))
            return options.ProfileName is null && Value("AWS_PROFILE") is null ? null : throw AwsFailures.NoCredentials($"there is no profile '{name}'");
        RefusePrograms(chain, name);
        try
        {
            // A profile with nothing but settings, as the default one often is, leaves it to what follows.
            return chain.TryGetAWSCredentials(name, out var credentials) ? (credentials, $"the profile '{name}' ({Means(profile.Options)})") : null;
        }
        catch (Exception e) when (e is AmazonClientException or InvalidOperationException or ArgumentException)
        {
            throw AwsFailures.Refused($"The AWS profile '{name}' can't be used", e);
        }
    }

    // The SDK's own chain has container and instance at its end.
    private async Task<(AWSCredentials Credentials, string Source)> FromMachineAsync(CancellationToken cancellationToken)
    {
        var tried = $"environment, profile '{ProfileName}', container, instance";
        if (!AwsSetup.IsHere(options.Environment))
            throw AwsFailures.NoCredentials(tried);
        // That chain begins with the process's own environment, whatever an exec entry says.
        RefusePrograms(Chain(), Environment.GetEnvironmentVariable("AWS_PROFILE") is { Length: > 0 } own ? own : "default");
        var config = new AmazonSecurityTokenServiceConfig { RegionEndpoint = RegionEndpoint.USEast1 };
        try
        {
            var found = await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(config).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
            return (found, $"the SDK's own chain ({found.GetType().Name})");
        }
        catch (Exception e) when (AwsFailures.IsFailure(e, cancellationToken))
        {
            throw AwsFailures.NoCredentials(tried, e);
        }
    }

    private static string Means(CredentialProfileOptions profile) => profile switch
    {
        { CredentialProcess.Length: > 0 } => "a program",
        { WebIdentityTokenFile.Length: > 0 } => $"a web identity, for the role {profile.RoleArn}",
        { RoleArn.Length: > 0 } => $"the role {profile.RoleArn}",
        { SsoAccountId.Length: > 0 } => $"SSO, {profile.SsoRoleName} of {profile.SsoAccountId}",
        { AccessKey.Length: > 0 } => "keys",
        _ => "other means",
    };

    // The SDK looks once in a process's life which file is the default one; a session may name another at any time.
    private CredentialProfileStoreChain Chain()
    {
        var file = Value("AWS_SHARED_CREDENTIALS_FILE") ?? HomeDirectory.PathTo(".aws", "credentials");
        return file == SharedCredentialsFile.DefaultFilePath ? new CredentialProfileStoreChain() : new CredentialProfileStoreChain(file);
    }

    private void RefusePrograms(CredentialProfileStoreChain chain, string name)
    {
        if (options.MayStartPrograms)
            return;
        string? next = name;
        for (var depth = 0; depth < DeepestProfiles && next is not null && chain.TryGetProfile(next, out var profile); depth++)
        {
            if (!string.IsNullOrEmpty(profile.Options.CredentialProcess))
                throw AwsFailures.ProcessForbidden(next);
            next = profile.Options.SourceProfile;
        }
    }
}
