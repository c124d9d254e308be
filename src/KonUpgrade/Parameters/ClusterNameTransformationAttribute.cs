using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>
/// Takes names of clusters, and no objects of Get-ManagedCluster: their name alone, in the region and with the login of the
/// command, may be another cluster.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ClusterNameTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        new ClusterTransformationAttribute().Transform(engineIntrinsics, inputData) is ClusterContext { Managed: { } cluster }
            ? throw new ArgumentTransformationMetadataException(
                $"'{cluster.Name}' is a managed cluster, and a name is wanted. Write its Name, with its region in -Region and the login that it was got with.")
            : inputData;
}
