using System.Management.Automation;
using KonUpgrade.Completion;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that chooses among the pools of a cluster.</summary>
public abstract class NodepoolSelectingCmdlet : ConnectedCmdlet
{
    /// <summary>Names of pools, with wildcards.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NodepoolCompleter))]
    public string[]? Name { get; set; }

    /// <summary>A label selector whose nodes are the pool.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? Selector { get; set; }
}
