using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>Lets backups of Velero come back from a job or a file.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class VeleroBackupTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => ReturnedVelero.All(inputData, Rebuild);

    private static VeleroBackup Rebuild(object? bag) => new()
    {
        Name = ReturnedVelero.Name(bag),
        Phase = ReturnedObject.Text(bag, nameof(VeleroBackup.Phase)) ?? "",
        VeleroNamespace = ReturnedObject.Text(bag, nameof(VeleroBackup.VeleroNamespace)) ?? "velero",
        Context = ReturnedObject.Text(bag, nameof(VeleroBackup.Context)),
        ClusterUid = ReturnedObject.Text(bag, nameof(VeleroBackup.ClusterUid)),
        Uid = ReturnedObject.Text(bag, nameof(VeleroBackup.Uid)),
        Errors = (int)ReturnedObject.Number(bag, nameof(VeleroBackup.Errors)),
        Warnings = (int)ReturnedObject.Number(bag, nameof(VeleroBackup.Warnings)),
        TotalItems = ReturnedVelero.Count(bag, nameof(VeleroBackup.TotalItems)),
        ItemsDone = ReturnedVelero.Count(bag, nameof(VeleroBackup.ItemsDone)),
        StartTimestamp = ReturnedVelero.Time(bag, nameof(VeleroBackup.StartTimestamp)),
        CompletionTimestamp = ReturnedVelero.Time(bag, nameof(VeleroBackup.CompletionTimestamp)),
        FailureReason = ReturnedObject.Text(bag, nameof(VeleroBackup.FailureReason)),
        ValidationErrors = ReturnedObject.Texts(bag, nameof(VeleroBackup.ValidationErrors)),
        StorageLocation = ReturnedObject.Text(bag, nameof(VeleroBackup.StorageLocation)),
        Bucket = ReturnedObject.Text(bag, nameof(VeleroBackup.Bucket)),
        Prefix = ReturnedObject.Text(bag, nameof(VeleroBackup.Prefix)),
        IncludedNamespaces = ReturnedObject.Texts(bag, nameof(VeleroBackup.IncludedNamespaces)),
        SourceClusterUid = ReturnedObject.Text(bag, nameof(VeleroBackup.SourceClusterUid)),
        SourceVersion = ReturnedObject.Text(bag, nameof(VeleroBackup.SourceVersion)),
        VeleroVersion = ReturnedObject.Text(bag, nameof(VeleroBackup.VeleroVersion)),
        IsExisting = ReturnedObject.Flag(bag, nameof(VeleroBackup.IsExisting)),
    };
}
