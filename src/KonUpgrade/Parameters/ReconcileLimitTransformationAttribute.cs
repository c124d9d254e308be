using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>Lets a limit come back from a job or a file.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ReconcileLimitTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => ReturnedObject.Unwrap(inputData) switch
    {
        ReconcileLimit limit => limit,
        var bag when ReturnedObject.Was<ReconcileLimit>(bag, nameof(ReconcileLimit.Name), nameof(ReconcileLimit.Limit), nameof(ReconcileLimit.RemainingLoad)) => Rebuild(bag),
        // Left as it is: PowerShell says which type was wanted.
        _ => inputData,
    };

    // What is there to be changed is looked at anew: it only has to tell which one it is.
    private static ReconcileLimit Rebuild(object? bag) => new()
    {
        Name = ReturnedObject.Text(bag, nameof(ReconcileLimit.Name)) ?? throw new ArgumentTransformationMetadataException("The limit that came in has no name."),
        Namespace = ReturnedObject.Text(bag, nameof(ReconcileLimit.Namespace)),
        Context = ReturnedObject.Text(bag, nameof(ReconcileLimit.Context)),
        ClusterUid = ReturnedObject.Text(bag, nameof(ReconcileLimit.ClusterUid)),
        Uid = ReturnedObject.Text(bag, nameof(ReconcileLimit.Uid)),
    };
}
