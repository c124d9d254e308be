using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>
/// What every command takes that works on pools: those that the command line describes, or single ones that came in. Each
/// pool is asked about once, with counts.
/// </summary>
public abstract class NodepoolCmdlet : NodepoolNamingCmdlet
{
    private bool _isGiven;

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

    /// <summary>The label selector that makes the pool; null for none, and where the command knows none.</summary>
    private protected virtual string? NodeSelector => null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _isGiven = Cluster is not null;
        if (Name is not null && NodeSelector is not null)
            Fail(NameAndSelector());
        if (MyInvocation.ExpectingInput || InputObject is not null)
        {
            if (Name is not null || NodeSelector is not null)
                Fail(SelectionWithInput());
            return;
        }

        if (Cluster is null)
            Fail(NoCluster());
        if (Name is null && NodeSelector is null)
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

        // A pool of a managed cluster brings the cluster with its login along, where nothing else was named.
        var cluster = !_isGiven && target?.Managed is { } managed ? managed.ToContext() : Cluster;
        if (cluster is null)
        {
            WriteError(FailureRecord.For(NoCluster(), target: InputObject));
            return;
        }

        var request = new NodepoolRequest(RequestFor(cluster), Aws, NamePattern.All(Name)) { Selector = NodeSelector, Provider = Provider, Target = target, IsClusterGiven = _isGiven };
        Process(request, RunOptions.Record(this, target: cluster));
    }

    /// <summary>Works on the pools that are meant.</summary>
    private protected abstract void Process(NodepoolRequest request, RunOptions options);

    /// <summary>That the cluster was not given.</summary>
    internal static Failure NoCluster() => new()
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
        Recommendation = "Name it with -Name, where the command takes one give a label selector of its nodes with -Selector, or pipe objects of Get-Nodepool.",
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
        Recommendation = "Give objects of Get-Nodepool and New-Nodepool, or what Suspend-Nodepool, Resume-Nodepool and Remove-Nodepool gave.",
    };
}
