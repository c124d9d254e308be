using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Takes back what an upgrade did.</summary>
[Cmdlet(VerbsCommon.Undo, "BlueGreenUpgrade", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = PathSet)]
[OutputType(typeof(BlueGreenUpgrade), typeof(UpgradeStep))]
public sealed class UndoBlueGreenUpgradeCommand : UpgradeRunCmdlet
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

    /// <summary>Whether what the upgrade created on green is deleted. This can't be taken back: it is asked about.</summary>
    [Parameter]
    public SwitchParameter RemoveImported { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var upgrade = InputObject;
        var request = RequestOf(JournalOf(upgrade, Name)) with { RemoveImported = RemoveImported, Meant = upgrade };
        Run((host, token) => UpgradeOperation.UndoAsync(request, host, token), RunOptions.Record(this, target: upgrade));
    }
}
