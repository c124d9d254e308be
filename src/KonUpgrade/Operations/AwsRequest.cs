using System.Management.Automation;
using System.Security;
using KonUpgrade.Engine.Aws;

namespace KonUpgrade.Operations;

/// <summary>As whom, and where, AWS is asked, as the command line says it.</summary>
/// <param name="Region">The region, or null.</param>
/// <param name="ProfileName">The profile, or null.</param>
/// <param name="Credential">Key id and secret, or null.</param>
/// <param name="SessionToken">The session's token that goes with them, or null.</param>
/// <param name="EndpointUrl">The service's URL, or null.</param>
/// <param name="NoExecPlugin">Whether no program may be started to log in.</param>
internal sealed record AwsRequest(string? Region, string? ProfileName, PSCredential? Credential, SecureString? SessionToken, Uri? EndpointUrl, bool NoExecPlugin)
{
    /// <summary>The same for the engine.</summary>
    /// <exception cref="UpgradeException">AwsLoginAmbiguous, SessionTokenAlone, EndpointUrlInvalid.</exception>
    public AwsOptions Options()
    {
        if (Credential is not null && ProfileName is not null)
        {
            throw Invalid("AwsLoginAmbiguous", "Both -Credential and -ProfileName say as whom AWS is asked.", "Give one of the two.");
        }

        if (SessionToken is not null && Credential is null)
            throw Invalid("SessionTokenAlone", "-SessionToken goes with the keys of -Credential, and there are none.", "Give the key's id and secret with -Credential.");
        if (EndpointUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https")))
            throw Invalid("EndpointUrlInvalid", $"'{url.OriginalString}' is no http or https URL.", "Write it whole: https://host:port.");
        return new AwsOptions
        {
            Region = Region,
            ProfileName = ProfileName,
            Keys = Credential is { } given ? new AwsKeys(given.UserName, given.Password, SessionToken) : null,
            EndpointUrl = EndpointUrl,
            MayStartPrograms = !NoExecPlugin,
        };
    }

    private static UpgradeException Invalid(string id, string message, string recommendation) =>
        new(new Failure { Id = id, Kind = FailureKind.InvalidArgument, Message = message, Recommendation = recommendation });
}
