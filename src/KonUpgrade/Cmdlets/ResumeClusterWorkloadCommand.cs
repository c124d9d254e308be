using System.Management.Automation;

namespace KonUpgrade.Cmdlets;

/// <summary>Gives held workloads back what they were before.</summary>
[Cmdlet(VerbsLifecycle.Resume, "ClusterWorkload", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(WorkloadChange))]
public sealed class ResumeClusterWorkloadCommand : WorkloadCmdlet
{
    /// <summary>Whether workloads are resumed, too, whose data is not there, and those that act on the world outside.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool Resumes => true;

    private protected override bool ResumesByForce => Force;
}
