using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Takes a pool of nodes out of use: cordons all of its nodes and drains them.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "Nodepool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(NodepoolChange), typeof(NodepoolDrainPlan))]
public sealed class SuspendNodepoolCommand : DrainingCmdlet
{
    /// <summary>A label selector whose nodes are the pool.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? Selector { get; set; }

    /// <summary>A label selector for the pods that are meant.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? PodSelector { get; set; }

    private protected override string? NodeSelector => Selector;

    private protected override void Process(NodepoolRequest request, RunOptions options)
    {
        var drain = DrainOptionsOf() with { PodSelector = PodSelector };
        Run((host, token) => NodepoolOperation.SuspendAsync(request, drain, HealthScript, host, token), options);
    }
}
