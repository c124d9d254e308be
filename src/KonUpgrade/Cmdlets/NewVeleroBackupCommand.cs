using System.Collections;
using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Backs up what is in a cluster, with Velero.</summary>
[Cmdlet(VerbsCommon.New, "VeleroBackup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(VeleroBackup))]
public sealed class NewVeleroBackupCommand : VeleroMakingCmdlet
{
    /// <summary>The cluster; never the current context.</summary>
    [Parameter(Mandatory = true)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext Cluster { get; set; } = null!;

    /// <summary>How the data of volumes is backed up.</summary>
    [Parameter]
    public VeleroVolumes Volume { get; set; }

    /// <summary>How long it is kept.</summary>
    [Parameter]
    [TimeoutTransformation(MostDays = 36500)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Ttl { get; set; }

    /// <summary>The storage location.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StorageLocationCompleter))]
    public string? StorageLocation { get; set; }

    /// <summary>Where snapshots of volumes are made.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? VolumeSnapshotLocation { get; set; }

    /// <summary>How long a snapshot of a CSI driver may take.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? CsiSnapshotTimeout { get; set; }

    /// <summary>Objects that are backed up in this order, by resource.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public Hashtable? OrderedResource { get; set; }

    /// <summary>A ConfigMap with policies for volumes.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? ResourcePolicy { get; set; }

    /// <summary>Labels of the backup.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public Hashtable? Label { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var backup = new VeleroBackupRequest
        {
            Name = Name,
            VeleroNamespace = VeleroNamespace,
            Selection = Selection,
            Volumes = Volume,
            Ttl = Ttl,
            StorageLocation = StorageLocation,
            VolumeSnapshotLocations = VolumeSnapshotLocation ?? [],
            Hooks = Hooks(),
            OrderedResources = Table(OrderedResource),
            ResourcePolicy = ResourcePolicy,
            Labels = Table(Label),
            CsiSnapshotTimeout = CsiSnapshotTimeout,
            ItemOperationTimeout = ItemOperationTimeout,
        };
        var cluster = RequestFor(Cluster);
        Run((host, token) => VeleroBackupOperation.RunAsync(cluster, backup, Wait, host, token), new RunOptions { Target = Name ?? Cluster.Name });
    }

    private static IReadOnlyDictionary<string, string> Table(Hashtable? table) => table is null ? new Dictionary<string, string>() : ReturnedObject.Table(table);
}
