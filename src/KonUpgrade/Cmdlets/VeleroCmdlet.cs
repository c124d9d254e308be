using System.Management.Automation;
using KonUpgrade.Completion;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that works with Velero.</summary>
public abstract class VeleroCmdlet : ConnectedCmdlet
{
    /// <summary>The namespace of Velero's server.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string VeleroNamespace { get; set; } = "velero";
}
