using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Engine.Velero;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Waits until restores of Velero have ended, however they did.</summary>
[Cmdlet(VerbsLifecycle.Wait, "VeleroRestore", DefaultParameterSetName = "Restore")]
[OutputType(typeof(VeleroRestore))]
public sealed class WaitVeleroRestoreCommand : VeleroCmdlet
{
    private readonly Dictionary<ClusterRequest, List<VeleroRestore>> _clusters = [];
    private bool _isGiven;

    /// <summary>The restores.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Restore")]
    [VeleroRestoreTransformation]
    [ValidateNotNullOrEmpty]
    public VeleroRestore[] InputObject { get; set; } = [];

    /// <summary>Their names, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VeleroRestoreCompleter))]
    public string[]? Name { get; set; }

    /// <summary>The cluster; that of the objects, or the current context, where nothing is given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Context")]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>How long they are waited for altogether.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _isGiven = Cluster is not null;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // Each that came in is of the cluster that it names, unless the line names one.
        foreach (var one in InputObject)
        {
            var cluster = _isGiven ? Cluster : one.Managed?.ToContext() ?? (one.Context is { } context ? new ClusterContext { Name = context, KubeConfigPath = "" } : Cluster);
            Of(RequestFor(cluster)).Add(one);
        }

        if (Name is not null)
            Of(RequestFor(Cluster));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var listing = Name is null ? null : new VeleroListing(NamePattern.All(Name), VeleroNamespace, IncludesIssues: false);
        var wait = new VeleroWaitOptions { Timeout = Timeout };
        foreach (var (cluster, given) in _clusters)
        {
            Run(
                (host, token) => VeleroWaiting.RunAsync(cluster, given, listing is null ? null : open => listing.RestoresAsync(open, host, token), wait, host, token),
                RunOptions.Record(this, target: cluster.Context));
        }
    }

    private List<VeleroRestore> Of(ClusterRequest cluster)
    {
        if (!_clusters.TryGetValue(cluster, out var given))
            _clusters[cluster] = given = [];
        return given;
    }
}
