using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Nodepools;
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

    /// <summary>Whether it is waited for until it is gone.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

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

    private protected override void Process(NodepoolRequest request, RunOptions options)
    {
        var removal = new NodepoolRemovalRequest(request, DrainOptionsOf())
        {
            Drains = !NoDrain,
            Health = HealthScript,
            Wait = Wait ? new NodepoolWaitOptions { Timeout = WaitTimeout, Interval = Interval } : null,
        };
        Run((host, token) => NodepoolRemoval.RunAsync(removal, host, token), options);
    }
}
