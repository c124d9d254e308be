using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that means a system, or a part, of a cluster's configuration.</summary>
public abstract class SelectingCmdlet : ConnectedCmdlet
{
    /// <summary>The system whose rules hold.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SystemCompleter))]
    public string? System { get; set; }

    /// <summary>A file that describes a system of one's own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SystemPath { get; set; }

    /// <summary>API groups.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GroupCompleter))]
    public string[]? Group { get; set; }

    /// <summary>Kinds.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KindCompleter))]
    public string[]? Kind { get; set; }

    /// <summary>Namespaces.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <summary>A label selector as kubectl takes it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? LabelSelector { get; set; }

    /// <summary>How long the command may take for one cluster.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <summary>What of a cluster's configuration is meant.</summary>
    private protected ClusterConfigSelection Selection => new()
    {
        Group = Group ?? [],
        Kind = Kind ?? [],
        Namespace = Namespace ?? [],
        LabelSelector = LabelSelector,
    };

    /// <summary>The system that the command line names.</summary>
    private protected SystemRequest ChosenSystem => new(System, SystemPath is { } path ? ResolvePath(path) : null) { NoExecPlugin = NoExecPlugin };
}
