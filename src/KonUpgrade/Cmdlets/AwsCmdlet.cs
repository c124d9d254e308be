using System.Management.Automation;
using System.Security;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that asks a service of AWS.</summary>
public abstract class AwsCmdlet : LoginCmdlet
{
    /// <summary>The region.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? Region { get; set; }

    /// <summary>The profile of the AWS files.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? ProfileName { get; set; }

    /// <summary>The id of an access key as the user name, and its secret as the password.</summary>
    [Parameter]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>The session's token that goes with the keys.</summary>
    [Parameter]
    [SecretTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public SecureString? SessionToken { get; set; }

    /// <summary>The URL of the service.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public Uri? EndpointUrl { get; set; }

    /// <summary>As whom, and where, AWS is asked.</summary>
    private protected AwsRequest Aws => new(Region, ProfileName, Credential, SessionToken, EndpointUrl, NoExecPlugin);
}
