using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Brings objects of a configuration into the versions and shapes that newer servers take.</summary>
[Cmdlet(VerbsData.Convert, "ClusterConfig", DefaultParameterSetName = InputObjectSet)]
[OutputType(typeof(ClusterConfigItem))]
public sealed class ConvertClusterConfigCommand : ReadingCmdlet
{
    private const string InputObjectSet = "InputObject";

    private readonly ItemConversion _conversion = new();

    /// <summary>Items of a configuration.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true)]
    [ItemTransformation(AllowSource = true)]
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

    /// <summary>The version of Kubernetes that they are converted for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? TargetVersion { get; set; }

    /// <summary>The cluster that they are converted for, by what it serves. It is only read.</summary>
    [Parameter]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext? Cluster { get; set; }

    /// <summary>Whether Secrets, and what the system names as sensitive, are left out or read.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateSet(nameof(SecretHandling.Skip), nameof(SecretHandling.Include))]
    public SecretHandling Secret { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if ((TargetVersion is null) == (Cluster is null))
        {
            Fail(new Failure
            {
                Id = "ConversionTargetNotGiven",
                Kind = FailureKind.InvalidArgument,
                Message = TargetVersion is null ? "What the objects are converted for was not given." : "Both a version and a cluster were given to convert for.",
                Recommendation = "Give either -TargetVersion 1.33 or -Cluster with a context.",
            });
        }

        base.BeginProcessing();
        var cluster = Cluster is null ? null : RequestFor(Cluster);
        Run((host, token) => _conversion.OpenAsync(TargetVersion, cluster, host, token), new RunOptions { TimeLimit = Timeout, Target = TargetVersion ?? (object?)Cluster });
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == InputObjectSet && InputObject is ClusterConfigItem item)
        {
            WriteObject(_conversion.Convert(item));
            return;
        }

        foreach (var path in SourcesOf(ParameterSetName == InputObjectSet ? InputObject : null, LiteralPath, Path))
        {
            var request = ReadRequestOf(cluster: null, path, Secret);
            Run((host, token) => _conversion.ConvertAsync(ReadOperation.RunAsync(request, host, token), token), RunOptions.Record(this, Timeout, path));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var (came, converted, failed) = _conversion.Counts;
        WriteVerbose($"{came} objects came: {converted} were converted, {failed} could not be.");
        if (_conversion.Incomplete() is { } incomplete)
            WriteError(FailureRecord.For(incomplete));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _conversion.Dispose();
    }
}
