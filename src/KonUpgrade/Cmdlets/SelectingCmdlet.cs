using System.Management.Automation;
using KonUpgrade.Completion;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that means a system, or a part, of a cluster's configuration.</summary>
public abstract class SelectingCmdlet : SystemCmdlet
{
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

    /// <summary>What of a cluster's configuration is meant.</summary>
    private protected ClusterConfigSelection Selection => new()
    {
        Group = Group ?? [],
        Kind = Kind ?? [],
        Namespace = Namespace ?? [],
        LabelSelector = LabelSelector,
    };
}
