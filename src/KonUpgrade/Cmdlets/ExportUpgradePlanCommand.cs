using System.Management.Automation;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>Writes a plan to a file that a person may read and edit.</summary>
[Cmdlet(VerbsData.Export, "UpgradePlan", SupportsShouldProcess = true)]
[OutputType(typeof(UpgradePlan))]
public sealed class ExportUpgradePlanCommand : EngineCmdlet
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>The plan.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [PlanTransformation]
    [ValidateNotNull]
    public UpgradePlan InputObject { get; set; } = null!;

    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = null!;

    /// <summary>Whether a file that is there is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Gives the plan, so that the pipeline goes on.</summary>
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
                    Id = "PlanPathInUse",
                    Kind = FailureKind.InvalidArgument,
                    Message = $"'{path}' already took another plan of this pipeline.",
                    Recommendation = "Give each plan a file of its own.",
                    Target = path,
                },
                target: InputObject));
            return;
        }

        var plan = InputObject;
        var (force, gives) = (Force.IsPresent, PassThru.IsPresent);
        Run((host, token) => PlanOperation.SaveAsync(plan, path, force, gives, host, token), RunOptions.Record(this, target: path));
    }
}
