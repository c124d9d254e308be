using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Engine.Snapshots.Restoring;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Restores snapshots of stores outside the cluster, beside what they were taken of.</summary>
[Cmdlet(VerbsData.Restore, "StateSnapshot", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Snapshot")]
[OutputType(typeof(StateRestore))]
public sealed class RestoreStateSnapshotCommand : AwsCmdlet
{
    private readonly List<StateSnapshot> _snapshots = [];

    /// <summary>The snapshots.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Snapshot")]
    [SnapshotTransformation]
    [ValidateNotNullOrEmpty]
    public StateSnapshot[] InputObject { get; set; } = [];

    /// <summary>The ARN of a recovery point.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "RecoveryPoint")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? RecoveryPointArn { get; set; }

    /// <summary>The vault that it is in.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "RecoveryPoint")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(BackupVaultCompleter))]
    public string? BackupVaultName { get; set; }

    /// <summary>The role that the service assumes; from the command line alone.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string IamRoleArn { get; set; } = "";

    /// <summary>The restore's name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string Name { get; set; } = "restore";

    /// <summary>The name of what is made, or the bucket that is written into.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? NewName { get; set; }

    /// <summary>Whether the data goes into what it was taken of.</summary>
    [Parameter]
    public SwitchParameter InPlace { get; set; }

    /// <summary>Only these paths, or keys.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? Item { get; set; }

    /// <summary>The key that what is made is encrypted with.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? KmsKeyId { get; set; }

    /// <summary>The class of a database's instance.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? InstanceClass { get; set; }

    /// <summary>The group of subnets of a database.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? SubnetGroup { get; set; }

    /// <summary>The security groups of a database.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? SecurityGroup { get; set; }

    /// <summary>Whether a database has a standby in another zone; as it had, where it is not said.</summary>
    [Parameter]
    public SwitchParameter MultiAZ { get; set; }

    /// <summary>Whether a database is reached from everywhere; as it was, where it is not said.</summary>
    [Parameter]
    public SwitchParameter PubliclyAccessible { get; set; }

    /// <summary>The zone of a volume.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? AvailabilityZone { get; set; }

    /// <summary>The type of a volume.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? VolumeType { get; set; }

    /// <summary>Whether what is not whole is restored, too.</summary>
    [Parameter]
    public SwitchParameter AllowPartial { get; set; }

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

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (WaitTime.Conflict(NoWait, (nameof(Timeout), Timeout), (nameof(Interval), Interval)) is { } conflict)
            Fail(conflict with { Recommendation = "Leave out -NoWait, or the times: the same command, run again without -NoWait, finds what runs and waits for it." });
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _snapshots.AddRange(InputObject);
        if (RecoveryPointArn is { } arn)
            _snapshots.Add(new StateSnapshot { ResourceArn = "", Status = StateSnapshotStatus.Unknown, RecoveryPointArn = arn, BackupVaultName = BackupVaultName });
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_snapshots.Count == 0)
            return;
        var shape = new RestoreShape
        {
            NewName = NewName,
            InPlace = InPlace,
            Items = Item ?? [],
            KmsKeyId = KmsKeyId,
            InstanceClass = InstanceClass,
            SubnetGroup = SubnetGroup,
            SecurityGroupIds = SecurityGroup ?? [],
            MultiAz = MyInvocation.BoundParameters.ContainsKey(nameof(MultiAZ)) ? MultiAZ.ToBool() : null,
            PubliclyAccessible = MyInvocation.BoundParameters.ContainsKey(nameof(PubliclyAccessible)) ? PubliclyAccessible.ToBool() : null,
            AvailabilityZone = AvailabilityZone,
            VolumeType = VolumeType,
        };
        var request = new SnapshotRestoringRequest(Aws, _snapshots, IamRoleArn, shape)
        {
            Name = Name,
            AllowPartial = AllowPartial,
            Wait = NoWait ? null : new SnapshotWaitOptions { Timeout = Timeout, Interval = Interval },
        };
        Run((host, token) => RestoreOperation.RunAsync(request, host, token), new RunOptions());
    }
}
