using System.Collections;
using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Nodepools;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Brings the nodes of pools to another version, or changes how pools are made.</summary>
[Cmdlet(VerbsData.Update, "Nodepool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = VersionSet)]
[OutputType(typeof(Nodepool))]
public sealed class UpdateNodepoolCommand : NodepoolCmdlet
{
    private const string VersionSet = "Version";
    private const string ConfigurationSet = "Configuration";

    /// <summary>The minor version of Kubernetes; the cluster's own where it is not given.</summary>
    [Parameter(ParameterSetName = VersionSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? Version { get; set; }

    /// <summary>The version of the image; the newest where it is not given.</summary>
    [Parameter(ParameterSetName = VersionSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? ReleaseVersion { get; set; }

    /// <summary>The id of the launch template.</summary>
    [Parameter(ParameterSetName = VersionSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? LaunchTemplateId { get; set; }

    /// <summary>The name of the launch template.</summary>
    [Parameter(ParameterSetName = VersionSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? LaunchTemplateName { get; set; }

    /// <summary>The version of the launch template.</summary>
    [Parameter(ParameterSetName = VersionSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? LaunchTemplateVersion { get; set; }

    /// <summary>Whether pods that no budget lets go are ended by force.</summary>
    [Parameter(ParameterSetName = VersionSet)]
    public SwitchParameter Force { get; set; }

    /// <summary>The fewest nodes.</summary>
    [Parameter(ParameterSetName = ConfigurationSet)]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? MinSize { get; set; }

    /// <summary>The most nodes.</summary>
    [Parameter(ParameterSetName = ConfigurationSet)]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? MaxSize { get; set; }

    /// <summary>How many nodes it is to have now.</summary>
    [Parameter(ParameterSetName = ConfigurationSet)]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? DesiredSize { get; set; }

    /// <summary>Labels that its nodes get; others stay.</summary>
    [Parameter(ParameterSetName = ConfigurationSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public Hashtable? Label { get; set; }

    /// <summary>Keys of labels that its nodes lose.</summary>
    [Parameter(ParameterSetName = ConfigurationSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string[]? RemoveLabel { get; set; }

    /// <summary>Taints that its nodes get; others stay.</summary>
    [Parameter(ParameterSetName = ConfigurationSet)]
    [NodepoolTaintTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public NodepoolTaint[]? Taint { get; set; }

    /// <summary>Taints that its nodes lose.</summary>
    [Parameter(ParameterSetName = ConfigurationSet)]
    [NodepoolTaintTransformation(AllowKeyAlone = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public NodepoolTaint[]? RemoveTaint { get; set; }

    /// <summary>How many nodes may be away at once while it is updated.</summary>
    [Parameter(ParameterSetName = ConfigurationSet)]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? MaxUnavailable { get; set; }

    /// <summary>Which part of the nodes may be away at once while it is updated, in percent.</summary>
    [Parameter(ParameterSetName = ConfigurationSet)]
    [ValidateRange(1, 100)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int? MaxUnavailablePercentage { get; set; }

    /// <summary>Whether new nodes come first in an update, or old ones go first.</summary>
    [Parameter(ParameterSetName = ConfigurationSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(UpdateStrategyCompleter))]
    public string? UpdateStrategy { get; set; }

    /// <summary>Whether the provider repairs its nodes.</summary>
    [Parameter(ParameterSetName = ConfigurationSet)]
    public SwitchParameter NodeRepair { get; set; }

    /// <summary>Whether it is returned at once, and not waited until the update has ended.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>How long each is waited for.</summary>
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
        base.BeginProcessing();
    }

    private protected override void Process(NodepoolRequest request, RunOptions options)
    {
        var version = ParameterSetName != VersionSet ? null : new NodepoolVersion
        {
            Version = Version,
            ReleaseVersion = ReleaseVersion,
            LaunchTemplateId = LaunchTemplateId,
            LaunchTemplateName = LaunchTemplateName,
            LaunchTemplateVersion = LaunchTemplateVersion,
            Force = Force,
        };
        var configuration = new NodepoolConfiguration
        {
            MinSize = MinSize,
            MaxSize = MaxSize,
            DesiredSize = DesiredSize,
            Label = Label is null ? null : ReturnedObject.Table(Label),
            RemoveLabel = RemoveLabel,
            Taint = Taint,
            RemoveTaint = RemoveTaint,
            MaxUnavailable = MaxUnavailable,
            MaxUnavailablePercentage = MaxUnavailablePercentage,
            UpdateStrategy = UpdateStrategy,
            NodeRepair = MyInvocation.BoundParameters.ContainsKey(nameof(NodeRepair)) ? NodeRepair.IsPresent : null,
        };
        var update = new NodepoolUpdateRequest(request, version, configuration) { Wait = WaitTime.Of(NoWait, Timeout, Interval) };
        Run((host, token) => NodepoolUpdate.RunAsync(update, host, token), options);
    }
}
