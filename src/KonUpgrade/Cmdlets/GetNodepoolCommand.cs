using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Gets the pools of nodes of a cluster.</summary>
[Cmdlet(VerbsCommon.Get, "Nodepool")]
[OutputType(typeof(Nodepool))]
public sealed class GetNodepoolCommand : NodepoolNamingCmdlet
{
    /// <summary>The cluster; the current context where nothing is given.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>A label selector whose nodes are the pool.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? Selector { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var request = new NodepoolRequest(RequestFor(Cluster), Aws, NamePattern.All(Name)) { Selector = Selector, Provider = Provider };
        Run((host, token) => NodepoolOperation.GetAsync(request, host, token), RunOptions.Record(this, target: Cluster));
    }
}
