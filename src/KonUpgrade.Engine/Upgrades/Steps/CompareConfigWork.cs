using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>Compares green with an export of blue: one that an earlier step made, or a new one.</summary>
internal sealed class CompareConfigWork : IStepWork
{
    /// <inheritdoc/>
    public string Kind => StepKind.CompareConfig;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        var path = run.Value("export") is { } id
            ? run.Other(id).Output[ExportConfigWork.PathOutput]
            : (await ExportConfigWork.ExportAsync(run, run.Folder, run.Session.Blue, cancellationToken).ConfigureAwait(false)).Path;
        var differences = await ConfigDifferences.FindAsync(run, path, cancellationToken).ConfigureAwait(false);
        return Judge(run, differences) with { Output = await StepLists.Differences.WriteAsync(run, differences.Left, cancellationToken).ConfigureAwait(false) };
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken) =>
        StepRights.ToExportAsync(run, UpgradeSide.Green, cancellationToken);

    /// <summary>What differences mean for a step, by its setting <c>onDifference</c>.</summary>
    public static StepResult Judge(StepRun run, ConfigDifferences differences)
    {
        var text = differences.ToString();
        return differences.Count == 0 ? new StepResult(text) : StepDecisions.Decide(run, "onDifference", text, differences.Point, () => Differs(run, text));
    }

    private static Failure Differs(StepRun run, string text) => new()
    {
        Id = "GreenDiffers",
        Kind = FailureKind.Incomplete,
        Message = $"{run.Green.Context.Name} is not as {run.Session.Blue.Context.Name}: {text}",
        Recommendation = "Mend what differs and resume; or let the plan accept these kinds (accept), or ask (onDifference: Approve).",
        Target = run.Green.Context.Name,
    };
}
