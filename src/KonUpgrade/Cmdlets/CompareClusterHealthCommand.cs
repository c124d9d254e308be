using System.Management.Automation;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Compares green with blue: whether what runs on blue is on green, and as well.</summary>
[Cmdlet(VerbsData.Compare, "ClusterHealth")]
[OutputType(typeof(ClusterDifference), typeof(bool))]
public sealed class CompareClusterHealthCommand : SystemCmdlet
{
    private readonly PipedChanges _changes = new();

    /// <summary>The cluster that serves now. Never the current context.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext Blue { get; set; } = null!;

    /// <summary>The cluster that is to serve. Never the current context.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ClusterTransformation]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public ClusterContext Green { get; set; } = null!;

    /// <summary>What the import into green did with each object.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ConfigChangeTransformation]
    [ValidateNotNull]
    public ClusterConfigChange[]? Change { get; set; }

    /// <summary>The directory of the export that green was made from.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The namespaces that are compared; what belongs to none is left out then.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <summary>Whether the answer is true or false, and no error.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Whether it is waited until nothing blocks.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var change in Change ?? [])
            _changes.Add(change);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var request = new HealthComparisonRequest(
            RequestFor(Blue), RequestFor(Green), ChosenSystem, Namespace ?? [], _changes,
            Path is { } path ? ResolvePath(path) : null, WaitRequest.Of(Wait, Timeout), Quiet);
        // A wait ends by itself, and tells then what it has seen last.
        Run((host, token) => HealthComparisonOperation.RunAsync(request, host, token), new RunOptions { TimeLimit = Wait ? null : Timeout, Target = Green, Instead = Quiet ? false : null });
    }
}
