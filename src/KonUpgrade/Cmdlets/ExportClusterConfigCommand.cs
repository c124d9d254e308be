using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Exports the configuration of a cluster to a directory.</summary>
[Cmdlet(VerbsData.Export, "ClusterConfig", SupportsShouldProcess = true)]
[OutputType(typeof(ClusterConfigExport), typeof(ClusterConfigItem))]
public sealed class ExportClusterConfigCommand : ClusterCmdlet
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>The directory that the export is written to.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = null!;

    /// <summary>The cluster; the current context where none is given.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>Whether an export of another cluster, system or selection in the directory is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the items in place of the export.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var path = ResolvePath(Path);
        if (!_paths.Add(path))
        {
            WriteError(FailureRecord.For(
                new Failure
                {
                    Id = "ExportPathInUse",
                    Kind = FailureKind.InvalidArgument,
                    Message = $"'{path}' already took the export of another cluster of this pipeline.",
                    Recommendation = "Give each cluster a directory of its own: -Path { \"./backups/$($_.Name)\" }.",
                    Target = path,
                },
                target: Cluster));
            return;
        }

        var request = new ExportRequest(RequestFor(Cluster), path, ChosenSystem, Selection, Throttle, PassThru, Force);
        Run((host, token) => ExportOperation.RunAsync(request, host, token), RunOptions.Record(this, Timeout, (object?)Cluster ?? path));
    }
}
