using System.Management.Automation;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Runs the upgrade of a plan.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "BlueGreenUpgrade", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = PathSet)]
[OutputType(typeof(BlueGreenUpgrade), typeof(UpgradeStep))]
public sealed class InvokeBlueGreenUpgradeCommand : UpgradeForwardCmdlet
{
    /// <summary>The plan.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [PlanTransformation]
    [ValidateNotNull]
    public UpgradePlan Plan { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var plan = Plan;
        var request = ForwardRequestOf(JournalOf(plan.Name));
        Run((host, token) => UpgradeOperation.InvokeAsync(plan, request, host, token), RunOptions.Record(this, target: plan));
    }
}
