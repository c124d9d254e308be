using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Parameters;

namespace KonUpgrade.Cmdlets;

/// <summary>What getting and setting a limit have in common: which configuration is meant, and what counts as failing.</summary>
public abstract class ReconcileLimitCmdlet : ConnectedCmdlet
{
    /// <summary>The namespace of the KubermaticConfiguration.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string? Namespace { get; set; }

    /// <summary>How long a cluster may be in progress before it counts as failing.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? FailingAfter { get; set; }

    /// <summary>How long it may take.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }
}
