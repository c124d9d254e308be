using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that checks clusters.</summary>
public abstract class ReadinessCmdlet : SystemCmdlet
{
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

    /// <summary>What of the checks is meant, and how they are told.</summary>
    private protected ReadinessRequest ReadinessRequestOf() => new(
        ChosenSystem,
        Include ?? [],
        Exclude ?? [],
        Quiet,
        ThrottleLimit > 0 ? ThrottleLimit : null);
}
