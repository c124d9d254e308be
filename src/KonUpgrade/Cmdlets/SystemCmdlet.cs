using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that goes by the rules of a system.</summary>
public abstract class SystemCmdlet : ConnectedCmdlet
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

    /// <summary>How long the command may take for one cluster.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <summary>The system that the command line names.</summary>
    private protected SystemRequest ChosenSystem => new(System, SystemPath is { } path ? ResolvePath(path) : null) { NoExecPlugin = NoExecPlugin };
}
