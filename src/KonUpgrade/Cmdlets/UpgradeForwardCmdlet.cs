using System.Collections;
using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;

namespace KonUpgrade.Cmdlets;

/// <summary>What beginning an upgrade and going on with it have in common.</summary>
public abstract class UpgradeForwardCmdlet : UpgradeRunCmdlet
{
    /// <summary>Steps before which this run waits for a person, beside those of the plan.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StepCompleter))]
    public string[]? Gate { get; set; }

    /// <summary>Steps that may go on.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(StepCompleter))]
    public string[]? Approve { get; set; }

    /// <summary>Script blocks of gates, by step.</summary>
    [Parameter]
    [ScriptTableTransformation]
    [ValidateNotNull]
    public Hashtable? GateScript { get; set; }

    /// <summary>Script blocks that prove external steps, by step.</summary>
    [Parameter]
    [ScriptTableTransformation]
    [ValidateNotNull]
    public Hashtable? Probe { get; set; }

    /// <summary>What becomes of the upgrade when a step fails.</summary>
    [Parameter]
    public UpgradeFailureAction OnFailure { get; set; }

    /// <summary>How it is run.</summary>
    private protected UpgradeRequest ForwardRequestOf(JournalRequest journal) =>
        RequestOf(journal) with
        {
            Gates = Gate ?? [],
            Approve = Approve ?? [],
            GateScripts = ScriptTableTransformationAttribute.Blocks(GateScript),
            Probes = ScriptTableTransformationAttribute.Blocks(Probe),
            OnFailure = OnFailure,
        };
}
