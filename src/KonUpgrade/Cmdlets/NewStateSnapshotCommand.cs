using System.Collections;
using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Engine.Snapshots.Finding;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Backs up stores outside the cluster, side by side.</summary>
[Cmdlet(VerbsCommon.New, "StateSnapshot", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(StateSnapshot))]
public sealed class NewStateSnapshotCommand : ConnectedAwsCmdlet
{
    private readonly List<string> _resources = [];

    /// <summary>The ARNs of what is backed up.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ResourceArnTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProtectedResourceCompleter))]
    public string[] ResourceArn { get; set; } = [];

    /// <summary>The tags of what is backed up.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public Hashtable? Tag { get; set; }

    /// <summary>The cluster whose volumes' stores are backed up.</summary>
    [Parameter]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>The namespaces of the cluster whose claims are meant.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <summary>Databases of RDS and Aurora.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DatabaseCompleter))]
    public string[]? Database { get; set; }

    /// <summary>Buckets.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? Bucket { get; set; }

    /// <summary>The snapshot's name.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 128)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The role that the service assumes.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string IamRoleArn { get; set; } = "";

    /// <summary>The vault.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupVaultCompleter))]
    public string BackupVaultName { get; set; } = "Default";

    /// <summary>Whether the vault is made where it is not there.</summary>
    [Parameter]
    public SwitchParameter CreateVault { get; set; }

    /// <summary>After how many days the backups are deleted.</summary>
    [Parameter]
    [ValidateRange(1, 36500)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? DeleteAfterDays { get; set; }

    /// <summary>Within which time each must begin.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? StartWindow { get; set; }

    /// <summary>Within which time of being asked for each must end.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? CompleteWindow { get; set; }

    /// <summary>The tags of what is made.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public Hashtable? RecoveryPointTag { get; set; }

    /// <summary>Whether the role is not looked at beforehand.</summary>
    [Parameter]
    public SwitchParameter SkipRoleCheck { get; set; }

    /// <summary>Whether their end is not waited for.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>How long they are waited for altogether.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long between two looks.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Interval { get; set; }

    private bool IsSelected => Tag is not null || Cluster is not null || Database is not null || Bucket is not null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (WaitTime.Conflict(NoWait, (nameof(Timeout), Timeout), (nameof(Interval), Interval)) is { } conflict)
            Fail(conflict with { Recommendation = "Leave out -NoWait, or the times: Wait-StateSnapshot waits later, and takes them." });
        if (Cluster is null && (Namespace is not null || KubeConfigPath is not null))
            Fail(Invalid("SnapshotClusterMissing", $"{(Namespace is not null ? "-Namespace" : "-KubeConfigPath")} says more of a cluster, and none is named.", "Give -Cluster, the context of the cluster whose volumes are meant."));
        if (!IsSelected && !MyInvocation.ExpectingInput && ResourceArn.Length == 0)
            Fail(Invalid("SnapshotStoreMissing", "It is not said what is to be backed up.", "Give ARNs, or -Tag, -Cluster, -Database or -Bucket."));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _resources.AddRange(ResourceArn);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_resources.Count == 0 && !IsSelected)
            return;
        var snapshot = new SnapshotRequest
        {
            Name = Name,
            BackupVaultName = BackupVaultName,
            IamRoleArn = IamRoleArn,
            DeleteAfterDays = DeleteAfterDays,
            StartWindow = StartWindow,
            CompleteWindow = CompleteWindow,
            Tags = RecoveryPointTag is null ? new Dictionary<string, string>() : ReturnedObject.Table(RecoveryPointTag),
        };
        var stores = new StoreSelection
        {
            ResourceArns = _resources,
            Tags = Tag is null ? new Dictionary<string, IReadOnlyList<string>>() : ReturnedObject.Lists(Tag),
            Databases = Database ?? [],
            Buckets = Bucket ?? [],
            Namespaces = Namespace ?? [],
        };
        var request = new SnapshotTakingRequest(Aws, snapshot, stores)
        {
            Cluster = Cluster is null ? null : RequestFor(Cluster),
            CreateVault = CreateVault,
            SkipRoleCheck = SkipRoleCheck,
            Wait = NoWait ? null : new SnapshotWaitOptions { Timeout = Timeout, Interval = Interval },
        };
        Run((host, token) => SnapshotOperation.TakeAsync(request, host, token), new RunOptions { Target = Name });
    }

    private static Failure Invalid(string id, string message, string recommendation) =>
        new() { Id = id, Kind = FailureKind.InvalidArgument, Message = message, Recommendation = recommendation };
}
