using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Goes on with an upgrade that was begun.</summary>
[Cmdlet(VerbsLifecycle.Resume, "BlueGreenUpgrade", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = PathSet)]
[OutputType(typeof(BlueGreenUpgrade), typeof(UpgradeStep))]
public sealed class ResumeBlueGreenUpgradeCommand : UpgradeForwardCmdlet
{
    /// <summary>The upgrade's name, by which the cluster knows its journal.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ClusterSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(JournalNameCompleter))]
    public string? Name { get; set; }

    /// <summary>The upgrade, which tells its journal.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true)]
    [UpgradeTransformation]
    [ValidateNotNull]
    public BlueGreenUpgrade? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var upgrade = InputObject;
        var request = ForwardRequestOf(JournalOf(upgrade, Name)) with { Meant = upgrade };
        Run((host, token) => UpgradeOperation.ResumeAsync(request, host, token), RunOptions.Record(this, target: upgrade));
    }
}
