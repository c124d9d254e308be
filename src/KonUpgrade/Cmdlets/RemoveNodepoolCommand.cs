using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Drains pools of nodes, and removes those that were drained wholly.</summary>
[Cmdlet(VerbsCommon.Remove, "Nodepool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(NodepoolChange), typeof(NodepoolDrainPlan))]
public sealed class RemoveNodepoolCommand : DrainingCmdlet
{
    /// <summary>Whether the drain is left to the pool's provider.</summary>
    [Parameter]
    public SwitchParameter NoDrain { get; set; }

    /// <summary>Whether it is returned at once, and not waited until it is gone.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>How long it is waited for.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? WaitTimeout { get; set; }

    /// <summary>How long between two looks.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Interval { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (WaitTime.Conflict(NoWait, (nameof(WaitTimeout), WaitTimeout), (nameof(Interval), Interval)) is { } conflict)
            Fail(conflict);
        base.BeginProcessing();
    }

    private protected override void Process(NodepoolRequest request, RunOptions options)
    {
        var removal = new NodepoolRemovalRequest(request, DrainOptionsOf())
        {
            Drains = !NoDrain,
            Health = HealthScript,
            Wait = WaitTime.Of(NoWait, WaitTimeout, Interval),
        };
        Run((host, token) => NodepoolRemoval.RunAsync(removal, host, token), options);
    }
}
