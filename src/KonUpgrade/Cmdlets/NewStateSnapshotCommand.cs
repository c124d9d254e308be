using System.Collections;
using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Backs up stores outside the cluster, side by side.</summary>
[Cmdlet(VerbsCommon.New, "StateSnapshot", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Wait")]
[OutputType(typeof(StateSnapshot))]
public sealed class NewStateSnapshotCommand : AwsCmdlet
{
    private readonly List<string> _resources = [];

    /// <summary>The ARNs of what is backed up.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ResourceArnTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProtectedResourceCompleter))]
    public string[] ResourceArn { get; set; } = [];

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
    public Hashtable? Tag { get; set; }

    /// <summary>Whether their end is not waited for.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "NoWait")]
    public SwitchParameter NoWait { get; set; }

    /// <summary>How long they are waited for altogether.</summary>
    [Parameter(ParameterSetName = "Wait")]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long between two looks.</summary>
    [Parameter(ParameterSetName = "Wait")]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Interval { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _resources.AddRange(ResourceArn);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_resources.Count == 0)
            return;
        var snapshot = new SnapshotRequest
        {
            Name = Name,
            BackupVaultName = BackupVaultName,
            IamRoleArn = IamRoleArn,
            DeleteAfterDays = DeleteAfterDays,
            StartWindow = StartWindow,
            CompleteWindow = CompleteWindow,
            Tags = Tag is null ? new Dictionary<string, string>() : ReturnedObject.Table(Tag),
        };
        var request = new SnapshotTakingRequest(Aws, snapshot, _resources)
        {
            CreateVault = CreateVault,
            Wait = NoWait ? null : new SnapshotWaitOptions { Timeout = Timeout, Interval = Interval },
        };
        Run((host, token) => SnapshotOperation.TakeAsync(request, host, token), new RunOptions { Target = Name });
    }
}
