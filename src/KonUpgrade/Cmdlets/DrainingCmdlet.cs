using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Parameters;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that drains pools. Names and meanings are kubectl's where it has them.</summary>
public abstract class DrainingCmdlet : NodepoolCmdlet
{
    /// <summary>Whether pods go whose emptyDir data goes with them.</summary>
    [Parameter]
    public SwitchParameter DeleteEmptyDirData { get; set; }

    /// <summary>Whether pods go that no controller brings back.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Seconds that each pod gets to end; -1 leaves it the pod's own.</summary>
    [Parameter]
    [ValidateRange(-1, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int GracePeriodSecond { get; set; } = -1;

    /// <summary>Whether pods are deleted and not evicted, so that no budget is asked.</summary>
    [Parameter]
    public SwitchParameter DisableEviction { get; set; }

    /// <summary>How long the time of a pod may be over until it is no longer waited for.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? SkipWaitForDeleteTimeout { get; set; }

    /// <summary>How long the pods of one node have.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <summary>What becomes of the pool when that time is over.</summary>
    [Parameter]
    public DrainTimeoutAction OnTimeout { get; set; }

    /// <summary>How many nodes make a batch; all of them where it is not given.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int BatchSize { get; set; }

    /// <summary>What is waited between two batches.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? BatchSoak { get; set; }

    /// <summary>What decides between two batches, in place of the built-in check.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? HealthScript { get; set; }

    /// <summary>How long workloads have, between two batches, to be available as they were.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? HealthTimeout { get; set; }

    /// <summary>Whether nodes are drained after which nothing could run the pods of kube-system.</summary>
    [Parameter]
    public SwitchParameter AllowLastPool { get; set; }

    /// <summary>How many nodes are drained at once; the engine's own number where it is not given.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ThrottleLimit { get; set; }

    /// <summary>How pools are drained, as the command line says it.</summary>
    private protected DrainOptions DrainOptionsOf()
    {
        var drain = new DrainOptions
        {
            DeleteEmptyDirData = DeleteEmptyDirData,
            Force = Force,
            GracePeriodSecond = GracePeriodSecond,
            DisableEviction = DisableEviction,
            SkipWaitForDeleteTimeout = SkipWaitForDeleteTimeout ?? TimeSpan.Zero,
            Timeout = Timeout ?? TimeSpan.Zero,
            OnTimeout = OnTimeout,
            BatchSize = BatchSize > 0 ? BatchSize : null,
            BatchSoak = BatchSoak ?? TimeSpan.Zero,
            AllowLastPool = AllowLastPool,
        };
        if (ThrottleLimit > 0)
            drain = drain with { ThrottleLimit = ThrottleLimit };
        return HealthTimeout is { } health ? drain with { HealthTimeout = health } : drain;
    }
}
