using System.Collections;
using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Brings the work of a pool to a new one: makes it, waits until it is ready, drains the old one, looks whether all runs again, and removes the old one.</summary>
[Cmdlet(VerbsCommon.Move, "Nodepool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(NodepoolMove))]
public sealed class MoveNodepoolCommand : DrainingCmdlet, INodepoolShape
{
    /// <summary>The new pool's name; the old one's with the next free number where it is not given.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? NewName { get; set; }

    /// <summary>The fewest nodes.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? MinSize { get; set; }

    /// <summary>The most nodes.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? MaxSize { get; set; }

    /// <summary>How many nodes it is to have now.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? DesiredSize { get; set; }

    /// <summary>The instance types, the preferred one first.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? InstanceType { get; set; }

    /// <summary>The kind of image.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AmiTypeCompleter))]
    public string? AmiType { get; set; }

    /// <summary>How its nodes are bought.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CapacityTypeCompleter))]
    public string? CapacityType { get; set; }

    /// <summary>The size of a node's root disk in GiB.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? DiskSize { get; set; }

    /// <summary>The ARN of the role of its nodes.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? NodeRole { get; set; }

    /// <summary>The subnets.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? Subnet { get; set; }

    /// <summary>The minor version of its kubelets.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? Version { get; set; }

    /// <summary>The version of its image.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? ReleaseVersion { get; set; }

    /// <summary>The labels of its nodes.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public Hashtable? Label { get; set; }

    /// <summary>The taints of its nodes.</summary>
    [Parameter]
    [NodepoolTaintTransformation]
    [ValidateNotNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public NodepoolTaint[]? Taint { get; set; }

    /// <summary>The tags of the pool itself.</summary>
    [Parameter]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public Hashtable? Tag { get; set; }

    /// <summary>The id of the launch template.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? LaunchTemplateId { get; set; }

    /// <summary>The name of the launch template.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? LaunchTemplateName { get; set; }

    /// <summary>The version of the launch template.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? LaunchTemplateVersion { get; set; }

    /// <summary>The key pair for SSH to its nodes.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? Ec2SshKey { get; set; }

    /// <summary>The security groups from which SSH is let in.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? SourceSecurityGroup { get; set; }

    /// <summary>How many nodes may be away at once while it is updated.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? MaxUnavailable { get; set; }

    /// <summary>Which part of the nodes may be away at once while it is updated, in percent.</summary>
    [Parameter]
    [ValidateRange(1, 100)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? MaxUnavailablePercentage { get; set; }

    /// <summary>Whether new nodes come first in an update, or old ones go first.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(UpdateStrategyCompleter))]
    public string? UpdateStrategy { get; set; }

    /// <summary>Whether the provider repairs its nodes.</summary>
    [Parameter]
    public SwitchParameter NodeRepair { get; set; }

    /// <summary>Whether the old pool stays, cordoned and drained.</summary>
    [Parameter]
    public SwitchParameter KeepOld { get; set; }

    /// <summary>Whether the old pool is drained where pods find no place on the nodes that stay.</summary>
    [Parameter]
    public SwitchParameter AllowPending { get; set; }

    /// <summary>How long the new pool is waited for until it is ready, and the old one until it is gone.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? WaitTimeout { get; set; }

    /// <summary>How long between two looks.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Interval { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (NamePattern.All(Name).FirstOrDefault(name => name.IsWild) is { } wild)
            Fail(WildName(wild.Text));
        if (NewName is not null && Name is { Length: > 1 })
            Fail(OneNewName(NewName));
    }

    private protected override void Process(NodepoolRequest request, RunOptions options)
    {
        var moving = new NodepoolMovingRequest(request, DrainOptionsOf())
        {
            NewName = NewName,
            Shape = INodepoolShape.Of(this, MyInvocation.BoundParameters),
            Health = HealthScript,
            KeepOld = KeepOld,
            AllowPending = AllowPending,
            Wait = new NodepoolWaitOptions { Timeout = WaitTimeout, Interval = Interval },
        };
        Run((host, token) => NodepoolMoving.RunAsync(moving, host, token), options);
    }

    private static Failure WildName(string name) => new()
    {
        Id = "NodepoolNameWild",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{name}' may stand for new pools as well as for old ones: run again, it would move what was moved a moment ago.",
        Recommendation = "Give the old pools' names as they are.",
        Target = name,
    };

    private static Failure OneNewName(string name) => new()
    {
        Id = "NewNameForSeveral",
        Kind = FailureKind.InvalidArgument,
        Message = $"Only one pool can be called {name}, and several are to be moved.",
        Recommendation = "Leave -NewName out: each gets its own name with the next free number. Or move them one by one.",
        Target = name,
    };
}
