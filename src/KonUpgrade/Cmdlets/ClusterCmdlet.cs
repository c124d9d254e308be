using System.Management.Automation;
using KonUpgrade.Completion;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that works with the configuration of clusters.</summary>
public abstract class ClusterCmdlet : SelectingCmdlet
{
    /// <summary>How many requests may be under way at once; the engine's own number where it is not given.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ThrottleLimit { get; set; }

    /// <summary>The limit as it was given, or null.</summary>
    private protected int? Throttle => ThrottleLimit > 0 ? ThrottleLimit : null;
}
