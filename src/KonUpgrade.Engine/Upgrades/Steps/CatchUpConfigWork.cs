using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Upgrades.Details;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>Brings to green what changed on blue since it was exported: exports anew, imports the difference and compares, until nothing is left.</summary>
internal sealed class CatchUpConfigWork : ImportingWork, IStepWork
{
    // That an import was begun, and may not be through: what it has written is no difference any more, and not yet as it should be.
    private const string ImportingNote = "importing";

    /// <inheritdoc/>
    public override string Kind => StepKind.CatchUpConfig;

    /// <inheritdoc/>
    public override async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(run.Value("path") ?? run.Folder, run.Session.WorkPath);
        var rounds = int.Parse(run.Value("rounds")!, CultureInfo.InvariantCulture);
        var output = new Dictionary<string, string> { [ExportConfigWork.PathOutput] = path };
        var brought = "";
        using var list = StepLists.Objects.Begin(run);
        var begun = run.Notes[ImportingNote]?.GetValue<bool>() == true;
        for (var round = 1; ; round++)
        {
            await ExportConfigWork.ExportAsync(run, path, run.Session.Blue, cancellationToken).ConfigureAwait(false);
            var differences = await ConfigDifferences.FindAsync(run, path, cancellationToken).ConfigureAwait(false);
            if ((differences.Count == 0 && !begun) || round > rounds)
            {
                var verdict = CompareConfigWork.Judge(run, differences);
                var left = await StepLists.Differences.WriteAsync(run, differences.Left, cancellationToken).ConfigureAwait(false);
                return verdict with { Text = brought + verdict.Text, Output = StepLists.Join(output, list.End(), left) };
            }

            var options = new ImportOptions { Existing = ExistingObject.Apply, OnlyMade = true, ForceConflict = run.Value("forceConflict") == "true", Hold = WorkloadClass.All };
            if (!begun)
                await run.NoteAsync(new JsonObject { [ImportingNote] = true }).ConfigureAwait(false);
            begun = true;
            var imported = await ConfigImport.RunAsync(run, path, options, Tell, cancellationToken).ConfigureAwait(false);
            if (imported.Failure is not null)
                return imported with { Output = StepLists.Join(output, list.End()) };
            await run.NoteAsync(new JsonObject { [ImportingNote] = false }).ConfigureAwait(false);
            begun = false;
            brought = $"{imported.Text}; ";
        }

        // Most of what there is has not changed: the import before has told of it.
        void Tell(ClusterConfigChange change)
        {
            if (change.Action != ClusterConfigChangeAction.Unchanged)
                list.Add(ObjectOutcome.Of(change));
        }
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken) =>
        [.. await StepRights.ToExportAsync(run, UpgradeSide.Blue, cancellationToken).ConfigureAwait(false), .. await StepRights.ToImportAsync(run, cancellationToken).ConfigureAwait(false)];

    /// <inheritdoc/>
    public Task<bool> IsThereAsync(StepRun run, CancellationToken cancellationToken) =>
        Task.FromResult(run.Step.Output.TryGetValue(ExportConfigWork.PathOutput, out var path) && Directory.Exists(path));
}
