using System.Collections;
using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Brings backups into a cluster, with Velero.</summary>
[Cmdlet(VerbsCommon.New, "VeleroRestore", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Backup")]
[OutputType(typeof(VeleroRestore))]
public sealed class NewVeleroRestoreCommand : VeleroMakingCmdlet
{
    /// <summary>The cluster that they are brought into; from the command line alone.</summary>
    [Parameter(Mandatory = true)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext Cluster { get; set; } = null!;

    /// <summary>The backups, of this cluster or another one.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Backup")]
    [VeleroBackupTransformation]
    [ValidateNotNullOrEmpty]
    public VeleroBackup[] InputObject { get; set; } = [];

    /// <summary>The backup's name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "BackupName")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VeleroBackupCompleter))]
    public string[] BackupName { get; set; } = [];

    /// <summary>Namespaces that become others.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public Hashtable? NamespaceMapping { get; set; }

    /// <summary>What becomes of what is there and differs.</summary>
    [Parameter]
    public VeleroExisting ExistingResourcePolicy { get; set; }

    /// <summary>The kinds whose status is restored, too.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(KindCompleter))]
    public string[]? StatusKind { get; set; }

    /// <summary>Kinds that are restored before all others, in this order, each by a restore of its own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KindCompleter))]
    public string[]? Order { get; set; }

    /// <summary>Whether volumes are restored from their snapshots; as the server does, where it is not said.</summary>
    [Parameter]
    public SwitchParameter RestoreVolume { get; set; }

    /// <summary>Whether Services keep their node ports; as the server does, where it is not said.</summary>
    [Parameter]
    public SwitchParameter PreserveNodePort { get; set; }

    /// <summary>A ConfigMap with rules that change objects on their way.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? ResourceModifier { get; set; }

    /// <summary>Whether a backup that is not whole is restored, too.</summary>
    [Parameter]
    public SwitchParameter AllowPartial { get; set; }

    /// <summary>Whether a backup of a newer Kubernetes is restored, too.</summary>
    [Parameter]
    public SwitchParameter AllowOlderVersion { get; set; }

    /// <summary>How long it is waited for a backup to come to the cluster.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? SyncTimeout { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Order is not null && NoWait)
        {
            Fail(new Failure
            {
                Id = "OrderWithNoWait",
                Kind = FailureKind.InvalidArgument,
                Message = "-Order says that one restore follows the other, and -NoWait that their ends are not waited for.",
                Recommendation = "Leave out -NoWait; run again, the same command carries on.",
            });
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var restore = new VeleroRestoreRequest
        {
            Name = Name,
            VeleroNamespace = VeleroNamespace,
            Selection = Selection,
            NamespaceMapping = NamespaceMapping is null ? new Dictionary<string, string>() : ReturnedObject.Table(NamespaceMapping),
            Existing = ExistingResourcePolicy,
            StatusKinds = StatusKind ?? [],
            RestoreVolumes = Said(nameof(RestoreVolume), RestoreVolume),
            PreserveNodePorts = Said(nameof(PreserveNodePort), PreserveNodePort),
            Hooks = Hooks(),
            ResourceModifier = ResourceModifier,
            ItemOperationTimeout = ItemOperationTimeout,
            AllowPartial = AllowPartial,
            AllowOlderVersion = AllowOlderVersion,
        };
        if (SyncTimeout is { } sync)
            restore = restore with { SyncTimeout = sync };
        var (cluster, stages) = (RequestFor(Cluster), Stages(restore));
        // Velero works on one restore after the other, and so do we: the order of the pipeline is that of the restores.
        foreach (var backup in InputObject.Concat(BackupName.Select(name => new VeleroBackup { Name = name, Phase = "" })))
            Run((host, token) => VeleroRestoreOperation.RunAsync(cluster, backup, stages, Wait, host, token), RunOptions.Record(this, target: backup));
    }

    // A restore each for what comes first, and one for the rest.
    private List<VeleroRestoreRequest> Stages(VeleroRestoreRequest restore)
    {
        if (Order is null)
            return [restore];
        var scope = restore.Selection;
        List<VeleroRestoreRequest> stages = [.. Order.Select((kind, i) => restore with { Name = Name is null ? null : $"{Name}-{i + 1}", Selection = scope with { Kinds = [kind] } })];
        var rest = scope.Kinds.Except(Order, StringComparer.OrdinalIgnoreCase).ToList();
        if (scope.Kinds.Count == 0 || rest.Count > 0)
            stages.Add(restore with { Selection = scope with { Kinds = rest, ExcludedKinds = [.. scope.ExcludedKinds, .. scope.Kinds.Count == 0 ? Order : []] } });
        return stages;
    }
}
