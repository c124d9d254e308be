using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>Imports into green what an earlier step exported; workloads arrive held.</summary>
internal sealed class ImportConfigWork : ImportingWork, IStepWork
{
    /// <inheritdoc/>
    public override string Kind => StepKind.ImportConfig;

    /// <inheritdoc/>
    public override async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        var (options, export) = (Options(run), ExportOf(run));
        using var list = StepLists.Objects.Begin(run);
        var result = await ConfigImport.RunAsync(
            run, export, options, change => list.Add(ObjectOutcome.Of(change)), cancellationToken).ConfigureAwait(false);
        if ((options.Hold & WorkloadClass.Scheduled) != 0)
            await RunningOnGreen.TellAsync(run, export, WorkloadClass.Scheduled, besideBlue: true, "these were there before, and begin their work beside blue's: Suspend-ClusterWorkload holds them", cancellationToken).ConfigureAwait(false);
        result = result with { Output = StepLists.Join(result.Output, list.End()) };
        if (options.Images!.PassedOver() is not { Count: > 0 } passedOver)
            return result;
        var names = ImportUndo.Names(passedOver, ", ");
        return result with
        {
            Text = $"{result.Text}; {passedOver.Count} that may hold secrets were changed and can't be put back: {names}",
            Output = new Dictionary<string, string>(result.Output) { [ImportUndo.PassedOverOutput] = names },
        };
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        var result = await ConfigImport.RunAsync(run, ExportOf(run), Options(run), list: null, cancellationToken).ConfigureAwait(false);
        return result with { Text = $"Would be: {result.Text}" };
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken) => StepRights.ToImportAsync(run, cancellationToken);

    // By now all that the upgrade made is held, and what it held on blue is given back.
    /// <inheritdoc/>
    public override async Task<StepResult> UndoRestAsync(StepRun run, CancellationToken cancellationToken)
    {
        var result = await base.UndoRestAsync(run, cancellationToken).ConfigureAwait(false);
        if (run.Texts("kinds").Count == 0 && run.Other(run.Value("export")!).Output.TryGetValue(ExportConfigWork.PathOutput, out var export))
            await RunningOnGreen.TellAsync(run, export, WorkloadClass.All, besideBlue: false, "these run on, since this upgrade did not make them: Suspend-ClusterWorkload holds them", cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>Which workloads a plan brings held, but for what it brings by kinds.</summary>
    public static WorkloadClass HoldOf(UpgradePlan plan) =>
        plan.Steps.Where(static step => step.Kind == StepKind.ImportConfig && StepKind.ValueOf(step, "kinds") is null or "")
            .Aggregate(WorkloadClass.None, static (held, step) => held | Enum.Parse<WorkloadClass>(StepKind.ValueOf(step, "hold")!));

    private static string ExportOf(StepRun run) => run.Other(run.Value("export")!).Output[ExportConfigWork.PathOutput];

    private static ImportOptions Options(StepRun run) => new()
    {
        Existing = run.Choice<ExistingObject>("existing"),
        ForceConflict = run.Value("forceConflict") == "true",
        IncludeCrd = run.Value("includeCrd") == "true",
        Images = ImportUndo.ImagesOf(run),
        Hold = run.Choice<WorkloadClass>("hold"),
        Selection = new ClusterConfigSelection { Kind = run.Texts("kinds") },
        // A plan brings some kinds by themselves wherever they are; most clusters have some of them only.
        MayBeEmpty = run.Texts("kinds").Count > 0,
    };
}
