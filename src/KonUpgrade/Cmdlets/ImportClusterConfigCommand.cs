using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Imports exported configuration into a cluster.</summary>
/// <remarks>
/// The cluster comes from the command line alone: no property of an incoming object, which tells of the cluster that
/// was exported, can ever become the target. It is not marked as mandatory, since PowerShell would then ask for it.
/// </remarks>
[Cmdlet(VerbsData.Import, "ClusterConfig", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = PathSet)]
[OutputType(typeof(ClusterConfigChange))]
public sealed class ImportClusterConfigCommand : ExportTakingCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string InputObjectSet = "InputObject";
    private readonly ImportedRoles _imported = new();
    private readonly PipedObjects _items = new();

    /// <summary>Exports, or directories or files of plain manifests, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Exports, or directories or files of plain manifests, without wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>An export, or the items of a configuration, which are imported together when the last one has come.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true)]
    [ItemTransformation(AllowSource = true)]
    [ValidateNotNull]
    public object? InputObject { get; set; }

    /// <summary>The cluster that is written to. Never taken from the pipeline, and never the current context.</summary>
    [Parameter]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>What is done with an object that the target has already.</summary>
    [Parameter]
    public ExistingObject Existing { get; set; } = ExistingObject.Skip;

    /// <summary>Whether CustomResourceDefinitions that are there already may be changed.</summary>
    [Parameter]
    public SwitchParameter IncludeCrd { get; set; }

    /// <summary>Whether fields that others own are taken over.</summary>
    [Parameter]
    public SwitchParameter ForceConflict { get; set; }

    /// <summary>Which workloads arrive held, until they are resumed.</summary>
    [Parameter]
    public WorkloadClass Hold { get; set; } = WorkloadClass.Scheduled;

    /// <summary>What becomes of claims and volumes.</summary>
    [Parameter]
    public VolumeHandling Volume { get; set; }

    /// <summary>Kinds that may act on the world outside the cluster.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(OutwardKindCompleter))]
    public string[]? AllowOutward { get; set; }

    /// <summary>Whether files that were altered or removed are borne with.</summary>
    [Parameter]
    public SwitchParameter AllowModified { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Cluster is null)
        {
            Fail(new Failure
            {
                Id = "ClusterNotGiven",
                Kind = FailureKind.InvalidArgument,
                Message = "The cluster to import into was not given.",
                Recommendation = "Name it with -Cluster. It is never taken from the incoming export or from the current context, so that nothing is hit by mistake.",
            });
        }

        // A target or a system that does not exist is found before a long export upstream, not after it.
        var request = RequestFor(Cluster);
        var options = new RunOptions { TimeLimit = Timeout, Target = Cluster };
        Run((_, token) => ContextOperation.CheckAsync(request, token), options);
        OpenCertificates(Cluster);
        var system = ChosenSystem;
        Run((host, token) => SystemOperation.CheckAsync(system, host, token), options);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is ClusterConfigItem item && ParameterSetName == InputObjectSet)
        {
            Take(item);
            return;
        }

        foreach (var path in Sources())
            Import(path, items: null);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_items.Any)
            Import("the pipeline", _items);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _items.Dispose();
    }

    private void Take(ClusterConfigItem item)
    {
        try
        {
            _items.Add(item);
        }
        catch (UpgradeException exception)
        {
            ThrowTerminatingError(FailureRecord.For(exception, item));
        }
    }

    private void Import(string path, PipedObjects? items)
    {
        var switches = new ImportSwitches(Existing, IncludeCrd, ForceConflict, AllowPartial, AllowModified) { Hold = Hold, Volume = Volume, AllowOutward = AllowOutward ?? [] };
        var request = new ImportRequest(path, RequestFor(Cluster), ChosenSystem, switches, Selection, Throttle) { Items = items, Certificates = Certificates, Imported = _imported };
        // What is wrong with one export is told by the operation, and the next follows; what is left is of the target,
        // which is the same for all of them.
        var options = new RunOptions { TimeLimit = Timeout, Target = path, TimesOutAlone = MyInvocation.ExpectingInput };
        Run((host, token) => ImportOperation.RunAsync(request, host, token), options);
    }

    private List<string> Sources() => ParameterSetName switch
    {
        InputObjectSet => [InputObject switch
        {
            ClusterConfigExport export => export.Path,
            FileSystemInfo entry => entry.FullName,
            var path => ResolvePath((string)path!),
        }],
        LiteralPathSet => [.. LiteralPath.Select(ResolvePath)],
        _ => [.. Path.SelectMany(ResolvePaths)],
    };
}
