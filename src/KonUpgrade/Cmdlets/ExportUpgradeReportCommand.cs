using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Writes the report of an upgrade to a file: a page for people, or JSON for programs.</summary>
[Cmdlet(VerbsData.Export, "UpgradeReport", SupportsShouldProcess = true, DefaultParameterSetName = PathSet)]
[OutputType(typeof(FileInfo))]
public sealed class ExportUpgradeReportCommand : ConnectedCmdlet
{
    private const string PathSet = "Path";
    private const string ClusterSet = "Cluster";
    private const string InputObjectSet = "InputObject";

    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>The report's file.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = null!;

    /// <summary>For whom; by the file's name where it is not given.</summary>
    [Parameter]
    public UpgradeReportFormat Format { get; set; }

    /// <summary>The journal's file.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [ValidateNotNullOrEmpty]
    public string? JournalPath { get; set; }

    /// <summary>The cluster that keeps the journal. Never the current context.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ClusterSet)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? JournalCluster { get; set; }

    /// <summary>The upgrade's name, by which the cluster knows its journal.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ClusterSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(JournalNameCompleter))]
    public string? Name { get; set; }

    /// <summary>The upgrade, which tells its journal.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true)]
    [UpgradeTransformation]
    [ValidateNotNull]
    public BlueGreenUpgrade? InputObject { get; set; }

    /// <summary>Where the upgrade's files are.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkPath { get; set; }

    /// <summary>Whether a file that is there is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Gives the file.</summary>
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
                    Id = "ReportPathInUse",
                    Kind = FailureKind.InvalidArgument,
                    Message = $"'{path}' already took the report of another upgrade of this pipeline.",
                    Recommendation = "Give each report a file of its own: -Path { \"$($_.Name).html\" }.",
                    Target = path,
                },
                target: InputObject));
            return;
        }

        var journal = InputObject is { } upgrade ? JournalRequest.Of(upgrade, ResolvePath, ResolveKubeConfig(KubeConfigPath), NoExecPlugin, SessionLocation)
            : JournalPath is { } file ? new JournalRequest(ResolvePath(file), null, null)
            : new JournalRequest(null, RequestFor(JournalCluster), Name);
        var request = new ReportRequest(journal, path)
        {
            Format = MyInvocation.BoundParameters.ContainsKey(nameof(Format)) ? Format : null,
            WorkPath = WorkPath is { } work ? ResolvePath(work) : null,
            Meant = InputObject,
            Replaces = Force,
            Gives = PassThru,
        };
        Run((host, token) => ReportOperation.WriteAsync(request, host, token), RunOptions.Record(this, target: path));
    }
}
