using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>
/// Lets what is looked through for deprecated API versions come from the pipeline: clusters, exports, files and
/// directories, and items of a configuration; live or come back from a job.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SearchedTransformationAttribute : ArgumentTransformationAttribute
{
    private static readonly ClusterTransformationAttribute Clusters = new();
    private static readonly ItemTransformationAttribute Items = new() { AllowSource = true };

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        // A text is a path, here as everywhere down a pipeline.
        ReturnedObject.Unwrap(inputData) is not string && Clusters.Transform(engineIntrinsics, inputData) is ClusterContext cluster
            ? cluster
            : Items.Transform(engineIntrinsics, inputData);
}
