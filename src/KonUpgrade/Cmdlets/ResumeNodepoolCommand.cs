using System.Management.Automation;
using KonUpgrade.Operations;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Puts back what was changed when a pool was suspended, and nothing else.</summary>
[Cmdlet(VerbsLifecycle.Resume, "Nodepool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(NodepoolChange))]
public sealed class ResumeNodepoolCommand : NodepoolCmdlet
{
    private protected override void Change(NodepoolRequest request, RunOptions options)
    {
        int? throttle = ThrottleLimit > 0 ? ThrottleLimit : null;
        Run((host, token) => NodepoolOperation.ResumeAsync(request, throttle, host, token), options);
    }
}
