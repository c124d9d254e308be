using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>
/// What every command takes that changes pools: those that the command line describes, or single ones that came in. Each
/// pool is asked about once, with counts.
/// </summary>
public abstract class NodepoolCmdlet : NodepoolSelectingCmdlet
{
    /// <summary>The cluster. What changes never falls back to the current context.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Context")]
    [ClusterTransformation]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>Pools, as earlier commands gave them.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>How many nodes are worked on at once; the engine's own number where it is not given.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ThrottleLimit { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Name is not null && Selector is not null)
            Fail(NameAndSelector());
        if (MyInvocation.ExpectingInput || InputObject is not null)
        {
            if (Name is not null || Selector is not null)
                Fail(SelectionWithInput());
            return;
        }

        if (Cluster is null)
            Fail(NoCluster());
        if (Name is null && Selector is null)
            Fail(NoPool());
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var target = InputObject is null ? null : NodepoolTarget.Of(InputObject);
        if (InputObject is not null && target is null)
        {
            WriteError(FailureRecord.For(NotANodepool(InputObject), target: InputObject));
            return;
        }

        if (Cluster is null)
        {
            WriteError(FailureRecord.For(NoCluster(), target: InputObject));
            return;
        }

        Change(new NodepoolRequest(RequestFor(Cluster), NamePattern.All(Name), target?.Selector ?? Selector) { Target = target }, RunOptions.Record(this, target: Cluster));
    }

    /// <summary>Changes the pools that are meant.</summary>
    private protected abstract void Change(NodepoolRequest request, RunOptions options);

    private static Failure NoCluster() => new()
    {
        Id = "ClusterNotGiven",
        Kind = FailureKind.InvalidArgument,
        Message = "The cluster whose pool is meant was not given.",
        Recommendation = "Name it with -Cluster. It is never the current context, so that nothing is hit by mistake.",
    };

    private static Failure NoPool() => new()
    {
        Id = "NodepoolNotGiven",
        Kind = FailureKind.InvalidArgument,
        Message = "The pool was not given: nothing is ever done to all nodes of a cluster.",
        Recommendation = "Name it with -Name, give a label selector of its nodes with -Selector, or pipe objects of Get-Nodepool.",
    };

    private static Failure NameAndSelector() => new()
    {
        Id = "NameAndSelector",
        Kind = FailureKind.InvalidArgument,
        Message = "A selector makes a pool of the nodes that it selects; -Name does not choose among them.",
        Recommendation = "Give either -Name or -Selector.",
    };

    private static Failure SelectionWithInput() => new()
    {
        Id = "SelectionWithInput",
        Kind = FailureKind.InvalidArgument,
        Message = "The pools come from the pipeline: -Name and -Selector do not choose among them.",
        Recommendation = "Choose with Where-Object, or name a cluster and no objects.",
    };

    private static Failure NotANodepool(PSObject input) => new()
    {
        Id = "NotANodepool",
        Kind = FailureKind.InvalidArgument,
        Message = $"'{input}' is no pool of a cluster.",
        Recommendation = "Give objects of Get-Nodepool, or what Suspend-Nodepool and Resume-Nodepool gave.",
    };
}
