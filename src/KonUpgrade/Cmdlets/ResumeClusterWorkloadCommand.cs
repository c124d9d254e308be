using System.Management.Automation;

namespace KonUpgrade.Cmdlets;

/// <summary>Gives held workloads back what they were before.</summary>
[Cmdlet(VerbsLifecycle.Resume, "ClusterWorkload", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(WorkloadChange))]
public sealed class ResumeClusterWorkloadCommand : WorkloadCmdlet
{
    private protected override bool Resumes => true;
}
