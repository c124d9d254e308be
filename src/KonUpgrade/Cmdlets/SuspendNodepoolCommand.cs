using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Nodepools.Draining;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Takes a pool of nodes out of use: cordons all of its nodes and drains them.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "Nodepool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(NodepoolChange), typeof(NodepoolDrainPlan))]
public sealed class SuspendNodepoolCommand : NodepoolCmdlet
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

    /// <summary>A label selector for the pods that are meant.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? PodSelector { get; set; }

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

    private protected override void Change(NodepoolRequest request, RunOptions options)
    {
        var drain = new DrainOptions
        {
            DeleteEmptyDirData = DeleteEmptyDirData,
            Force = Force,
            GracePeriodSecond = GracePeriodSecond,
            DisableEviction = DisableEviction,
            PodSelector = PodSelector,
            SkipWaitForDeleteTimeout = SkipWaitForDeleteTimeout ?? TimeSpan.Zero,
            Timeout = Timeout ?? TimeSpan.Zero,
            OnTimeout = OnTimeout,
            BatchSize = BatchSize > 0 ? BatchSize : null,
            BatchSoak = BatchSoak ?? TimeSpan.Zero,
            AllowLastPool = AllowLastPool,
        };
        if (ThrottleLimit > 0)
            drain = drain with { ThrottleLimit = ThrottleLimit };
        if (HealthTimeout is { } health)
            drain = drain with { HealthTimeout = health };
        Run((host, token) => NodepoolOperation.SuspendAsync(request, drain, HealthScript, host, token), options);
    }
}
