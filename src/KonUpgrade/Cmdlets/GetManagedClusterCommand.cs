using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Gets managed clusters (EKS).</summary>
[Cmdlet(VerbsCommon.Get, "ManagedCluster")]
[OutputType(typeof(ManagedCluster))]
public sealed class GetManagedClusterCommand : AwsCmdlet
{
    /// <summary>Names of clusters, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ClusterNameTransformation]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ManagedClusterCompleter))]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var request = new ManagedClusterRequest(Aws, NamePattern.All(Name));
        Run((host, token) => ManagedClusterOperation.RunAsync(request, host, token), RunOptions.Record(this, target: Name));
    }
}
