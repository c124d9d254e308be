using System.Management.Automation;

namespace KonUpgrade.Parameters;

/// <summary>
/// Lets an export come back from a job or another session. Only its path counts: what it holds is read from the disk
/// again, never believed from the object.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class ExportTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => Rebuild(inputData) ?? inputData;

    /// <summary>The export that a value is or was, or null.</summary>
    internal static ClusterConfigExport? Rebuild(object? value) => ReturnedObject.Unwrap(value) switch
    {
        ClusterConfigExport export => export,
        var bag when ReturnedObject.Was<ClusterConfigExport>(
            bag, nameof(ClusterConfigExport.Path), nameof(ClusterConfigExport.System), nameof(ClusterConfigExport.Complete), nameof(ClusterConfigExport.ObjectCount))
            && ReturnedObject.Text(bag, nameof(ClusterConfigExport.Path)) is { } path => new ClusterConfigExport
            {
                Path = path,
                Context = ReturnedObject.Text(bag, nameof(ClusterConfigExport.Context)),
                ClusterUid = ReturnedObject.Text(bag, nameof(ClusterConfigExport.ClusterUid)),
                ServerVersion = ReturnedObject.Text(bag, nameof(ClusterConfigExport.ServerVersion)),
                System = ReturnedObject.Text(bag, nameof(ClusterConfigExport.System)) ?? "",
                Secret = Enum.TryParse<SecretHandling>(ReturnedObject.Text(bag, nameof(ClusterConfigExport.Secret)), out var secret) ? secret : SecretHandling.Skip,
                EncryptionKeyId = ReturnedObject.Text(bag, nameof(ClusterConfigExport.EncryptionKeyId)),
                Complete = ReturnedObject.Flag(bag, nameof(ClusterConfigExport.Complete)),
                ObjectCount = ReturnedObject.Number(bag, nameof(ClusterConfigExport.ObjectCount)),
                LeftOutCount = ReturnedObject.Number(bag, nameof(ClusterConfigExport.LeftOutCount)),
            },
        _ => null,
    };
}
