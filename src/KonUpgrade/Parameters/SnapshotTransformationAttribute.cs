using System.Collections;
using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>Lets snapshots come back from a job or a file. Of those only what finds them again counts: how they stand now, the service says.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class SnapshotTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => ReturnedObject.Unwrap(inputData) switch
    {
        null => null,
        StateSnapshot snapshot => new[] { snapshot },
        IEnumerable many and not string => many.Cast<object?>().Select(Of).ToArray(),
        var other => new[] { Of(other) },
    };

    private static StateSnapshot Of(object? value) => ReturnedObject.Unwrap(value) switch
    {
        StateSnapshot snapshot => snapshot,
        var bag when ReturnedObject.Was<StateSnapshot>(bag, nameof(StateSnapshot.ResourceArn), nameof(StateSnapshot.BackupJobId), nameof(StateSnapshot.Status)) => Rebuild(bag),
        _ => throw new ArgumentTransformationMetadataException($"'{value}' is no snapshot. Give objects of New-StateSnapshot or Get-StateSnapshot."),
    };

    private static StateSnapshot Rebuild(object? bag)
    {
        var job = ReturnedObject.Text(bag, nameof(StateSnapshot.BackupJobId));
        return new StateSnapshot
        {
            Name = ReturnedObject.Text(bag, nameof(StateSnapshot.Name)),
            ResourceArn = ReturnedObject.Text(bag, nameof(StateSnapshot.ResourceArn)) ?? "",
            // One without a job was never begun, and never will be.
            Status = job is null ? StateSnapshotStatus.Failed : StateSnapshotStatus.Unknown,
            StatusMessage = ReturnedObject.Text(bag, nameof(StateSnapshot.StatusMessage)),
            BackupJobId = job,
            ResourceType = ReturnedObject.Text(bag, nameof(StateSnapshot.ResourceType)),
            ResourceName = ReturnedObject.Text(bag, nameof(StateSnapshot.ResourceName)),
            Volumes = [.. ReturnedObject.Items(bag, nameof(StateSnapshot.Volumes)).Select(Volume)],
            RecoveryPointArn = ReturnedObject.Text(bag, nameof(StateSnapshot.RecoveryPointArn)),
            BackupVaultName = ReturnedObject.Text(bag, nameof(StateSnapshot.BackupVaultName)),
            IamRoleArn = ReturnedObject.Text(bag, nameof(StateSnapshot.IamRoleArn)),
            Region = ReturnedObject.Text(bag, nameof(StateSnapshot.Region)),
            Attempt = (int)ReturnedObject.Number(bag, nameof(StateSnapshot.Attempt)),
            IsExisting = ReturnedObject.Flag(bag, nameof(StateSnapshot.IsExisting)),
        };
    }

    private static StateVolume Volume(object? value) => ReturnedObject.Unwrap(value) as StateVolume ?? new StateVolume
    {
        Name = ReturnedObject.Text(value, nameof(StateVolume.Name)) ?? "",
        Namespace = ReturnedObject.Text(value, nameof(StateVolume.Namespace)),
        Claim = ReturnedObject.Text(value, nameof(StateVolume.Claim)),
        Driver = ReturnedObject.Text(value, nameof(StateVolume.Driver)),
        VolumeHandle = ReturnedObject.Text(value, nameof(StateVolume.VolumeHandle)) ?? "",
        AccessPointId = ReturnedObject.Text(value, nameof(StateVolume.AccessPointId)),
        Path = ReturnedObject.Text(value, nameof(StateVolume.Path)),
        Phase = ReturnedObject.Text(value, nameof(StateVolume.Phase)),
    };
}
