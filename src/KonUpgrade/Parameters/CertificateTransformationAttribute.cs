using System.Collections;
using System.Management.Automation;
using System.Security.Cryptography.X509Certificates;

namespace KonUpgrade.Parameters;

/// <summary>
/// Lets certificates be given as files, by their paths or as objects, or as certificates of a store. What came back from a
/// job is no certificate any more, and is refused.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class CertificateTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => ReturnedObject.Unwrap(inputData) switch
    {
        null => null,
        string => One(inputData),
        IEnumerable many => many.Cast<object?>().Select(One).ToArray(),
        _ => One(inputData),
    };

    private static object One(object? given) => ReturnedObject.Unwrap(given) switch
    {
        string { Length: > 0 } path => path,
        FileInfo file => file.FullName,
        X509Certificate2 certificate => certificate,
        var other => throw new ArgumentTransformationMetadataException(
            $"A value of the type {other?.GetType().Name ?? "null"} is no certificate. Give the path of a file (PEM, DER or PFX), or an X509Certificate2."),
    };
}
