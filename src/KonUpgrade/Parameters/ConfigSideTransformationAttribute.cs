using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>
/// Lets one side of a comparison be given as a name, which is a context's or a directory's, as a context, as an export
/// or as a directory; live or come back from a job.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ConfigSideTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly ClusterTransformationAttribute Clusters = new();

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = ReturnedObject.Unwrap(inputData);
        return value switch
        {
            null => null,
            string { Length: > 0 } name => name,
            DirectoryInfo directory => directory,
            ClusterConfigItem => throw new ArgumentTransformationMetadataException(
                $"'{value}' is an item of a configuration, and whole sides are compared. Name the cluster or the directory that it came from; -Kind, -Group, -Namespace and -LabelSelector choose what of it."),
            _ when ExportTransformationAttribute.Rebuild(inputData) is { } export => export,
            not string when Clusters.Transform(engineIntrinsics, inputData) is ClusterContext context => context,
            _ => throw new ArgumentTransformationMetadataException(
                $"'{value}' is not a side that can be compared. Give a context's name, a directory, or an object of Get-ClusterContext, Get-ManagedCluster or Export-ClusterConfig."),
        };
    }
}
