using System.Management.Automation;
using KonUpgrade.Completion;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that chooses among the pools of a cluster.</summary>
public abstract class NodepoolNamingCmdlet : ConnectedAwsCmdlet
{
    /// <summary>Names of pools, with wildcards.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NodepoolCompleter))]
    public string[]? Name { get; set; }

    /// <summary>The one provider whose pools are meant.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NodepoolProviderCompleter))]
    public string? Provider { get; set; }
}
