using System.Collections;
using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>Lets ARNs be given as texts, or as objects that have one: a ResourceArn, or the Arn of a managed cluster.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ResourceArnTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        inputData is null ? null : All(inputData).ToArray();

    private static IEnumerable<string> All(object? value) => ReturnedObject.Unwrap(value) switch
    {
        null => [],
        string text => [text],
        IEnumerable many => many.Cast<object?>().SelectMany(All),
        var other => [Of(PSObject.AsPSObject(other))],
    };

    private static string Of(PSObject value) =>
        ReturnedObject.Text(value, nameof(StateSnapshot.ResourceArn)) ?? ReturnedObject.Text(value, nameof(ManagedCluster.Arn))
        ?? throw new ArgumentTransformationMetadataException($"'{value}' has no ARN. Give texts, or objects with a ResourceArn or an Arn.");
}
