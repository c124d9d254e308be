using System.Globalization;
using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>
/// Lets what API versions are judged by be given as a version of Kubernetes, or as a cluster: a context's name, or an
/// object of Get-ClusterContext or Get-ManagedCluster, live or come back from a job. A text comes out as it is.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ApiTargetTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly ClusterTransformationAttribute Clusters = new();

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => ReturnedObject.Unwrap(inputData) switch
    {
        null => null,
        string text => text,
        // What was typed without quotes comes as a number: wrapped with its letters, unless it has none to lose. 1.3 may have
        // been computed from 1.30.
        double or decimal or float when Convert.ToString(inputData is PSObject typed ? typed.ToString() : inputData, CultureInfo.InvariantCulture) is { Length: > 3 } text => text,
        double or decimal or float => throw new ArgumentTransformationMetadataException($"'{inputData}' came as a number, of which nobody can tell whether it was 1.3 or 1.30: give the version as a text, '1.30'."),
        Version version => version.ToString(),
        _ when Clusters.Transform(engineIntrinsics, inputData) is ClusterContext context => context,
        var other => throw new ArgumentTransformationMetadataException($"'{other}' is neither a version of Kubernetes nor a cluster. Give 1.36, a context's name, or an object of Get-ClusterContext or Get-ManagedCluster."),
    };
}
