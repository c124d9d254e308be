using System.Collections;
using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Makes the plan of an upgrade: between two clusters that are there, or of one in place.</summary>
[Cmdlet(VerbsCommon.New, "UpgradePlan", DefaultParameterSetName = BlueGreenSet)]
[OutputType(typeof(UpgradePlan))]
public sealed class NewUpgradePlanCommand : SelectingCmdlet
{
    private const string BlueGreenSet = "BlueGreen";
    private const string InPlaceSet = "InPlace";

    /// <summary>The cluster that serves now. Never taken from the pipeline, and never the current context.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BlueGreenSet)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext Blue { get; set; } = null!;

    /// <summary>The cluster that is to serve. Never taken from the pipeline, and never the current context.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BlueGreenSet)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext Green { get; set; } = null!;

    /// <summary>The cluster that is to be upgraded in place. Never taken from the pipeline, and never the current context.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InPlaceSet)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>The version that the cluster's system is to become.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InPlaceSet)]
    [Alias("SystemVersion")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? TargetVersion { get; set; }

    /// <summary>The upgrade's name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? Name { get; set; }

    /// <summary>What becomes of Secrets, and of what the system names as sensitive.</summary>
    [Parameter]
    public SecretHandling Secret { get; set; }

    /// <summary>What becomes of claims and volumes.</summary>
    [Parameter(ParameterSetName = BlueGreenSet)]
    public VolumeHandling Volume { get; set; }

    /// <summary>Kinds that may act on the world outside the cluster.</summary>
    [Parameter(ParameterSetName = BlueGreenSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OutwardKindCompleter))]
    public string[]? AllowOutward { get; set; }

    /// <summary>Steps before which the upgrade waits for a person.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StepCompleter))]
    public string[]? Gate { get; set; }

    /// <summary>Steps before which the upgrade waits until a script block lets it through.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StepCompleter))]
    public string[]? ScriptGate { get; set; }

    /// <summary>Steps that the plan is to be without.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StepCompleter))]
    public string[]? Omit { get; set; }

    /// <summary>What steps have to know, by step and setting.</summary>
    [Parameter]
    [StepSettingTransformation]
    [ValidateNotNull]
    public Hashtable? Setting { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var isInPlace = ParameterSetName == InPlaceSet;
        var request = new PlanRequest(RequestFor(isInPlace ? Cluster : Blue), isInPlace ? null : RequestFor(Green), TargetVersion, ChosenSystem, Name, Selection, Secret, Volume, AllowOutward ?? [], Gate ?? [], ScriptGate ?? [], Omit ?? [], StepSettingTransformationAttribute.Read(Setting));
        Run((host, token) => PlanOperation.MakeAsync(request, host, token), new RunOptions { TimeLimit = Timeout, Target = isInPlace ? Cluster : Green });
    }
}
