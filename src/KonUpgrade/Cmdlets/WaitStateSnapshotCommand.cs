using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Waits until snapshots of stores outside the cluster have ended, however they did.</summary>
[Cmdlet(VerbsLifecycle.Wait, "StateSnapshot", DefaultParameterSetName = "Snapshot")]
[OutputType(typeof(StateSnapshot))]
public sealed class WaitStateSnapshotCommand : AwsCmdlet
{
    private readonly List<StateSnapshot> _snapshots = [];

    /// <summary>The snapshots.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Snapshot")]
    [SnapshotTransformation]
    [ValidateNotNullOrEmpty]
    public StateSnapshot[] InputObject { get; set; } = [];

    /// <summary>The ids of their jobs.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Job")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[] BackupJobId { get; set; } = [];

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

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _snapshots.AddRange(InputObject);
        _snapshots.AddRange(BackupJobId.Select(job => new StateSnapshot { ResourceArn = "", Status = StateSnapshotStatus.Unknown, BackupJobId = job, IsExisting = true }));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_snapshots.Count == 0)
            return;
        var wait = new SnapshotWaitOptions { Timeout = Timeout, Interval = Interval };
        Run((host, token) => SnapshotOperation.WaitAsync(Aws, _snapshots, wait, host, token), new RunOptions());
    }
}
