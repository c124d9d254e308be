using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Gets the systems that KonUpgrade knows how to move.</summary>
[Cmdlet(VerbsCommon.Get, "UpgradeSystem")]
[OutputType(typeof(UpgradeSystem))]
public sealed class GetUpgradeSystemCommand : ConnectedCmdlet
{
    /// <summary>Names of systems, with wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SystemCompleter))]
    public string[]? Name { get; set; }

    /// <summary>A cluster that is asked which system it has, and what of it; none where nothing is given.</summary>
    [Parameter]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>A file that describes a system of one's own; without a name, that one alone.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SystemPath { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var names = NamePattern.All(Name);
        var path = SystemPath is null ? null : ResolvePath(SystemPath);
        var cluster = Cluster is null ? null : RequestFor(Cluster);
        Run((host, token) => SystemOperation.RunAsync(names, path, cluster, host, token), RunOptions.Record(this, target: Name));
    }
}
