using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Gets how many user clusters each seed of a Kubermatic works on at the same time, and how much of that work remains.</summary>
[Cmdlet(VerbsCommon.Get, "ReconcileLimit")]
[OutputType(typeof(ReconcileLimit))]
public sealed class GetReconcileLimitCommand : ReconcileLimitCmdlet
{
    /// <summary>The master; the current context where nothing is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Context")]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var request = new ReconcileLimitRequest(RequestFor(Cluster), Namespace, FailingAfter);
        Run((host, token) => ReconcileLimitOperation.GetAsync(request, host, token), RunOptions.Record(this, Timeout, Cluster));
    }
}
