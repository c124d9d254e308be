using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Shows how far upgrades are, as their journals tell it.</summary>
[Cmdlet(VerbsCommon.Get, "BlueGreenUpgrade", DefaultParameterSetName = PathSet)]
[OutputType(typeof(BlueGreenUpgrade))]
public sealed class GetBlueGreenUpgradeCommand : ConnectedCmdlet
{
    private const string PathSet = "Path";
    private const string ClusterSet = "Cluster";

    /// <summary>Files of journals, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] JournalPath { get; set; } = [];

    /// <summary>The cluster that keeps the journals. Never the current context.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ClusterSet)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? JournalCluster { get; set; }

    /// <summary>Names of upgrades, with wildcards; all that the cluster has where none is given.</summary>
    [Parameter(ParameterSetName = ClusterSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(JournalNameCompleter))]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (JournalCluster is { } cluster)
        {
            var request = RequestFor(cluster);
            var names = NamePattern.All(Name);
            Run((host, token) => UpgradeOperation.ListAsync(request, names, host, token), new RunOptions { Target = cluster });
            return;
        }

        var paths = JournalPath.SelectMany(ResolvePaths).ToList();
        foreach (var path in paths)
            Run((_, token) => UpgradeOperation.ReadAsync(path, token), new RunOptions { Target = path, FailsAlone = paths.Count > 1 });
    }
}
