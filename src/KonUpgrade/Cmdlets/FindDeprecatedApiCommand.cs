using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Readiness.Deprecations;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Finds API versions in use that a target no longer serves, or whose end is known.</summary>
[Cmdlet(VerbsCommon.Find, "DeprecatedApi", DefaultParameterSetName = ClusterSet)]
[OutputType(typeof(DeprecatedApi))]
public sealed class FindDeprecatedApiCommand : ConnectedAwsCmdlet
{
    private const string ClusterSet = "Cluster";
    private const string InputObjectSet = "InputObject";
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private DeprecationSearch _search = null!;

    /// <summary>The cluster; the current context where nothing is given.</summary>
    [Parameter(ParameterSetName = ClusterSet)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>Clusters, exports, directories, files, and items of a configuration.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true)]
    [SearchedTransformation]
    [ValidateNotNull]
    public object? InputObject { get; set; }

    /// <summary>Exports, or directories or files of plain manifests, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Exports, or directories or files of plain manifests, without wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>What is judged by: a version of Kubernetes, or a cluster, which is only read.</summary>
    [Parameter]
    [ApiTargetTransformation]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ApiTargetCompleter))]
    public object? TargetVersion { get; set; }

    /// <summary>Kinds.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KindCompleter))]
    public string[]? Kind { get; set; }

    /// <summary>Namespaces.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <summary>Evidence of a cluster that is surely older is left out.</summary>
    [Parameter]
    [TimeoutTransformation(MostDays = 36500)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? MaxAge { get; set; }

    /// <summary>How many kinds of a cluster are listed at the same time.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ThrottleLimit { get; set; }

    /// <summary>How long the command may take for one source.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        var options = new DeprecatedApiOptions { Kind = Kind ?? [], Namespace = Namespace ?? [], MaxAge = MaxAge };
        _search = new DeprecationSearch(ThrottleLimit > 0 ? options with { ThrottleLimit = ThrottleLimit } : options);
        var version = TargetVersion is string text && Engine.Kubernetes.TargetVersion.TryParse(text) is not null ? text : null;
        var cluster = TargetVersion switch
        {
            ClusterContext context => RequestFor(context),
            string name when version is null => RequestFor(new ClusterContext { Name = name, KubeConfigPath = "" }),
            _ => null,
        };
        Run((host, token) => _search.OpenAsync(version, cluster, Aws, host, token), new RunOptions { TimeLimit = Timeout, Target = TargetVersion });
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case ClusterSet:
                Look(Cluster);
                break;
            case InputObjectSet when InputObject is ClusterContext cluster:
                Look(cluster);
                break;
            case InputObjectSet when InputObject is ClusterConfigItem item:
                if (_search.Find(item) is { } found)
                    WriteObject(found);
                break;
            default:
                foreach (var path in SourcesOf(ParameterSetName == InputObjectSet ? InputObject : null, LiteralPath, Path))
                    Run((host, token) => _search.FindAsync(path, host, token), RunOptions.Record(this, Timeout, path));
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_search.Incomplete() is { } incomplete)
            WriteError(FailureRecord.For(incomplete));
    }

    private void Look(ClusterContext? cluster)
    {
        var request = RequestFor(cluster);
        Run((host, token) => _search.FindAsync(request, host, token), RunOptions.Record(this, Timeout, cluster));
    }
}
