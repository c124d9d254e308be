using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;
using KonUpgrade.Sandbox;

namespace KonUpgrade.Cmdlets;

/// <summary>Stops a sandbox, and removes its directory.</summary>
[Cmdlet(VerbsLifecycle.Stop, "UpgradeSandbox", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
public sealed class StopUpgradeSandboxCommand : EngineCmdlet
{
    /// <summary>The sandbox.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SandboxTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public UpgradeSandbox[] InputObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var sandbox in InputObject)
            Run((host, token) => SandboxProcess.StopAsync(sandbox, host, token), RunOptions.Record(this, target: sandbox));
    }
}
