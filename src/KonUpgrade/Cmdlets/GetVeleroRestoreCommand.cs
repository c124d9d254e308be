using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Gets the restores of a cluster's Velero.</summary>
[Cmdlet(VerbsCommon.Get, "VeleroRestore")]
[OutputType(typeof(VeleroRestore))]
public sealed class GetVeleroRestoreCommand : VeleroCmdlet
{
    /// <summary>Their names, with wildcards.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VeleroRestoreCompleter))]
    public string[]? Name { get; set; }

    /// <summary>The cluster; the current context where nothing is given.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>Whether warnings and errors are listed one by one.</summary>
    [Parameter]
    public SwitchParameter IncludeIssue { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var listing = new VeleroListing(NamePattern.All(Name), VeleroNamespace, IncludeIssue);
        var cluster = RequestFor(Cluster);
        Run((host, token) => listing.RestoresAsync(cluster, host, token), RunOptions.Record(this, target: Cluster));
    }
}
