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

    /// <summary>Whether it is waited until the cluster is well.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var (cluster, request, namespaces, wait) = (RequestFor(Cluster), ReadinessRequestOf(), Namespace ?? [], WaitRequest.Of(Wait, Timeout));
        // A wait ends by itself, and tells then what it has seen last.
        Run((host, token) => HealthOperation.RunAsync(cluster, namespaces, request, wait, host, token), RunOptions.Record(this, Wait ? null : Timeout, Cluster) with { Instead = Quiet ? false : null });
    }
}
