using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>Lets restores of Velero come back from a job or a file.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class VeleroRestoreTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => ReturnedVelero.All(inputData, Rebuild);

    private static VeleroRestore Rebuild(object? bag) => new()
    {
        Name = ReturnedVelero.Name(bag),
        Phase = ReturnedObject.Text(bag, nameof(VeleroRestore.Phase)) ?? "",
        VeleroNamespace = ReturnedObject.Text(bag, nameof(VeleroRestore.VeleroNamespace)) ?? "velero",
        Context = ReturnedObject.Text(bag, nameof(VeleroRestore.Context)),
        ClusterUid = ReturnedObject.Text(bag, nameof(VeleroRestore.ClusterUid)),
        Uid = ReturnedObject.Text(bag, nameof(VeleroRestore.Uid)),
        Errors = (int)ReturnedObject.Number(bag, nameof(VeleroRestore.Errors)),
        Warnings = (int)ReturnedObject.Number(bag, nameof(VeleroRestore.Warnings)),
        TotalItems = ReturnedVelero.Count(bag, nameof(VeleroRestore.TotalItems)),
        ItemsDone = ReturnedVelero.Count(bag, nameof(VeleroRestore.ItemsDone)),
        StartTimestamp = ReturnedVelero.Time(bag, nameof(VeleroRestore.StartTimestamp)),
        CompletionTimestamp = ReturnedVelero.Time(bag, nameof(VeleroRestore.CompletionTimestamp)),
        FailureReason = ReturnedObject.Text(bag, nameof(VeleroRestore.FailureReason)),
        ValidationErrors = ReturnedObject.Texts(bag, nameof(VeleroRestore.ValidationErrors)),
        BackupName = ReturnedObject.Text(bag, nameof(VeleroRestore.BackupName)),
        ScheduleName = ReturnedObject.Text(bag, nameof(VeleroRestore.ScheduleName)),
        IsExisting = ReturnedObject.Flag(bag, nameof(VeleroRestore.IsExisting)),
    };
}
