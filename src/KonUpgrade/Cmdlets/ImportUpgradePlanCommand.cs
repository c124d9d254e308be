using System.Management.Automation;
using KonUpgrade.Operations;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Reads plans from files, and checks them.</summary>
[Cmdlet(VerbsData.Import, "UpgradePlan", DefaultParameterSetName = PathSet)]
[OutputType(typeof(UpgradePlan))]
public sealed class ImportUpgradePlanCommand : EngineCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>Files, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Files, without wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var given = ParameterSetName == PathSet ? Path.SelectMany(ResolvePaths).ToList() : [.. LiteralPath.Select(ResolvePath)];
        foreach (var path in given)
        {
            var options = RunOptions.Record(this, target: path);
            Run((host, token) => PlanOperation.LoadAsync(path, host, token), given.Count > 1 ? options with { FailsAlone = true } : options);
        }
    }
}
