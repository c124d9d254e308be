using System.Collections;
using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Makes a pool of nodes, from what is said, what another pool has, and what the cluster's pools have in common.</summary>
[Cmdlet(VerbsCommon.New, "Nodepool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(Nodepool))]
public sealed class NewNodepoolCommand : ConnectedAwsCmdlet, INodepoolShape
{
    /// <summary>The cluster that gets it; from the command line alone.</summary>
    [Parameter(Mandatory = true)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext Cluster { get; set; } = null!;

    /// <summary>Its name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The pool that is copied: the name of one of the cluster, or a pool of any cluster.</summary>
    [Parameter(ValueFromPipeline = true)]
    [NodepoolTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NodepoolCompleter))]
    public object? Like { get; set; }

    /// <summary>Who is to keep it; who keeps the cluster's pools where nothing is said.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NodepoolProviderCompleter))]
    public string? Provider { get; set; }

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

    /// <summary>What makes the call one and the same when it is sent again.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? ClientRequestToken { get; set; }

    /// <summary>Whether it is returned at once, and not waited until it is ready.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>How long it is waited for.</summary>
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
            Fail(conflict);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var pools = new NodepoolRequest(RequestFor(Cluster), Aws, []) { Provider = Provider };
        var request = new NodepoolCreationRequest(pools, Name, INodepoolShape.Of(this, MyInvocation.BoundParameters))
        {
            Like = Like,
            Token = ClientRequestToken,
            Wait = WaitTime.Of(NoWait, Timeout, Interval),
        };
        Run((host, token) => NodepoolCreation.RunAsync(request, host, token), RunOptions.Record(this, target: Name));
    }
}
