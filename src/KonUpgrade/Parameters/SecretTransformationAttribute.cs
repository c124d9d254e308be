using System.Management.Automation;
using System.Net;
using System.Security;

namespace KonUpgrade.Parameters;

/// <summary>Lets a secret be given as a SecureString, or as a text where that is what a vault gives.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SecretTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => ReturnedObject.Unwrap(inputData) switch
    {
        SecureString secret => secret,
        string { Length: > 0 } text => new NetworkCredential("", text).SecurePassword,
        _ => inputData,
    };
}
