using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Checks whether a cluster is well, at any time.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ClusterHealth")]
[OutputType(typeof(ReadinessCheck), typeof(bool))]
public sealed class TestClusterHealthCommand : ReadinessCmdlet
{
    /// <summary>The cluster; the current context where nothing is given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>The namespaces that are looked at; what belongs to none is left out then.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var (cluster, request, namespaces) = (RequestFor(Cluster), ReadinessRequestOf(), Namespace ?? []);
        Run((host, token) => HealthOperation.RunAsync(cluster, namespaces, request, host, token), RunOptions.Record(this, Timeout, Cluster));
    }
}
