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
        var options = Options(run);
        using var list = StepLists.Objects.Begin(run);
        var result = await ConfigImport.RunAsync(
            run, run.Other(run.Value("export")!).Output[ExportConfigWork.PathOutput], options, change => list.Add(ObjectOutcome.Of(change)), cancellationToken).ConfigureAwait(false);
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
        var result = await ConfigImport.RunAsync(run, run.Other(run.Value("export")!).Output[ExportConfigWork.PathOutput], Options(run), list: null, cancellationToken).ConfigureAwait(false);
        return result with { Text = $"Would be: {result.Text}" };
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken) => StepRights.ToImportAsync(run, cancellationToken);

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
