using System.Globalization;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Upgrades.Plans;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>Exports a cluster's configuration. Its output is the directory.</summary>
internal sealed class ExportConfigWork : IStepWork
{
    /// <summary>The output that names the directory.</summary>
    public const string PathOutput = "path";

    /// <inheritdoc/>
    public string Kind => StepKind.ExportConfig;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        var export = await ExportAsync(run, run.Value("path") ?? run.Folder, run.Target, cancellationToken).ConfigureAwait(false);
        return new StepResult(string.Create(CultureInfo.InvariantCulture, $"{export.ObjectCount} exported, {export.LeftOutCount} left out"))
        {
            Output = new Dictionary<string, string> { [PathOutput] = export.Path },
        };
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        // It is made in the preview's own folder, for the steps that use it.
        var export = await ExportAsync(run, run.Folder, run.Target, cancellationToken).ConfigureAwait(false);
        return new StepResult(string.Create(CultureInfo.InvariantCulture, $"{export.ObjectCount} to be exported, {export.LeftOutCount} to be left out"))
        {
            Output = new Dictionary<string, string> { [PathOutput] = export.Path },
        };
    }

    /// <inheritdoc/>
    public async Task<bool> IsThereAsync(StepRun run, CancellationToken cancellationToken) =>
        run.Step.Output.TryGetValue(PathOutput, out var path) && await IsExportAsync(run, path, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken) => StepRights.ToExportAsync(run, run.Step.Target, cancellationToken);

    /// <summary>Exports a cluster to a directory; what an earlier try of the same upgrade left there is replaced.</summary>
    /// <exception cref="UpgradeException">ExportIncomplete, or what the exporter says.</exception>
    public static async Task<ClusterConfigExport> ExportAsync(StepRun run, string path, Connections.ClusterConnection cluster, CancellationToken cancellationToken)
    {
        // A path that is not rooted lies where everything else of the upgrade does, wherever it is run.
        path = Path.GetFullPath(path, run.Session.WorkPath);
        var own = Path.GetFullPath(run.Folder);
        var options = new ExportOptions
        {
            Path = path,
            System = run.Session.System.Description,
            Selection = run.Plan.Selection,
            Secret = run.Plan.Secret,
            Sealing = run.Session.Sealing,
            // Only a directory of our own is replaced, whatever is in it.
            ReplaceExport = path == own || path.StartsWith(own + Path.DirectorySeparatorChar, StringComparison.Ordinal),
        };
        ClusterConfigExport? export = null;
        await foreach (var made in new ConfigExporter(cluster, options, run.Reporter).RunAsync(cancellationToken).ConfigureAwait(false))
            export = made;
        if (export is not { Complete: true })
            throw new UpgradeException(Incomplete(cluster.Context.Name, export));
        return export;
    }

    private static async Task<bool> IsExportAsync(StepRun run, string path, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path))
            return false;
        try
        {
            var directory = await ManifestDirectory.OpenAsync(path, cancellationToken, run.Session.Opening).ConfigureAwait(false);
            return directory.Export is { Complete: true } export && directory.Problems.Count == 0 && export.ClusterUid == (run.Step.Target == UpgradeSide.Blue ? run.Plan.Blue : run.Plan.Green)?.ClusterUid;
        }
        catch (UpgradeException e)
        {
            run.Reporter.Verbose($"{path}: {e.Failure.Message}");
            return false;
        }
    }

    private static Failure Incomplete(string cluster, ClusterConfigExport? export) => new()
    {
        Id = "ExportIncomplete",
        Kind = FailureKind.Incomplete,
        Message = export is null
            ? $"{cluster} was not exported."
            : $"The export of {cluster} is not complete: {export.ObjectCount} objects exported, {export.Failures.Count} failures. First: {(export.Failures.Count > 0 ? export.Failures[0].Message : "")}",
        Recommendation = export is { Failures.Count: > 0 } ? export.Failures[0].Recommendation : "Resume once more.",
        Target = cluster,
    };
}
