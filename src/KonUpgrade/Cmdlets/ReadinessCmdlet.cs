using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that checks clusters.</summary>
public abstract class ReadinessCmdlet : ConnectedCmdlet
{
    /// <summary>The system whose own checks run beside the general ones.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SystemCompleter))]
    public string? System { get; set; }

    /// <summary>A file that describes a system of one's own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SystemPath { get; set; }

    /// <summary>The ids of the checks that run, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CheckCompleter))]
    public string[]? Include { get; set; }

    /// <summary>The ids of checks that do not run, with wildcards.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CheckCompleter))]
    public string[]? Exclude { get; set; }

    /// <summary>Whether the answer is true or false, and no error.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>How many checks look at once; the engine's own number where it is not given.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ThrottleLimit { get; set; }

    /// <summary>How long the command may take for one cluster.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <summary>What of the checks is meant, and how they are told.</summary>
    private protected ReadinessRequest ReadinessRequestOf() => new(
        new SystemRequest(System, SystemPath is { } path ? ResolvePath(path) : null) { NoExecPlugin = NoExecPlugin },
        Include ?? [],
        Exclude ?? [],
        Quiet,
        ThrottleLimit > 0 ? ThrottleLimit : null);
}
