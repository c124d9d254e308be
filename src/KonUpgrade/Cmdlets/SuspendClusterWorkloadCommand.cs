using System.Management.Automation;

namespace KonUpgrade.Cmdlets;

/// <summary>Holds the workloads of a cluster back, each by its own means.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "ClusterWorkload", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(WorkloadChange))]
public sealed class SuspendClusterWorkloadCommand : WorkloadCmdlet
{
    private protected override bool Resumes => false;
}
