using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Gets the configuration of a cluster or a directory as objects that scripts filter and edit.</summary>
[Cmdlet(VerbsCommon.Get, "ClusterConfig", DefaultParameterSetName = ClusterSet)]
[OutputType(typeof(ClusterConfigItem))]
public sealed class GetClusterConfigCommand : ReadingCmdlet
{
    private const string ClusterSet = "Cluster";

    /// <summary>The cluster; the current context where nothing is given.</summary>
    [Parameter(ParameterSetName = ClusterSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>Exports, or directories or files of plain manifests, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Exports, or directories or files of plain manifests, without wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Whether Secrets, and what the system names as sensitive, are left out or read.</summary>
    [Parameter]
    [ValidateSet(nameof(SecretHandling.Skip), nameof(SecretHandling.Include))]
    public SecretHandling Secret { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ClusterSet)
        {
            Read(RequestFor(Cluster), path: null, Cluster);
            return;
        }

        foreach (var path in ParameterSetName == PathSet ? Path.SelectMany(ResolvePaths) : LiteralPath.Select(ResolvePath))
            Read(cluster: null, path, path);
    }

    private void Read(ClusterRequest? cluster, string? path, object? target)
    {
        var request = ReadRequestOf(cluster, path, Secret);
        Run((host, token) => ReadOperation.RunAsync(request, host, token), RunOptions.Record(this, Timeout, target));
    }
}
