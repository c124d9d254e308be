using System.Globalization;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
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

    // The output that names the directory of several exports, one a cluster.
    private const string FamilyOutput = "exports";

    /// <inheritdoc/>
    public string Kind => StepKind.ExportConfig;

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepRun run, CancellationToken cancellationToken)
    {
        if (run.Session.System.Family is { } family)
        {
            var made = await FamilyAsync(run, family, run.Value("path") ?? run.Folder, cancellationToken).ConfigureAwait(false);
            return made with { Text = $"{made.Text}, to {made.Output[FamilyOutput]}" };
        }

        var export = await ExportAsync(run, run.Value("path") ?? run.Folder, run.Target, cancellationToken).ConfigureAwait(false);
        return new StepResult(string.Create(CultureInfo.InvariantCulture, $"{export.ObjectCount} exported, {export.LeftOutCount} left out"))
        {
            Output = new Dictionary<string, string> { [PathOutput] = export.Path },
        };
    }

    /// <inheritdoc/>
    public async Task<StepResult> PreviewAsync(StepRun run, CancellationToken cancellationToken)
    {
        if (run.Session.System.Family is { } family)
            return await FamilyAsync(run, family, run.Folder, cancellationToken).ConfigureAwait(false);
        // It is made in the preview's own folder, for the steps that use it.
        var export = await ExportAsync(run, run.Folder, run.Target, cancellationToken).ConfigureAwait(false);
        return new StepResult(string.Create(CultureInfo.InvariantCulture, $"{export.ObjectCount} to be exported, {export.LeftOutCount} to be left out"))
        {
            Output = new Dictionary<string, string> { [PathOutput] = export.Path },
        };
    }

    /// <inheritdoc/>
    public async Task<bool> IsThereAsync(StepRun run, CancellationToken cancellationToken) =>
        run.Step.Output.TryGetValue(PathOutput, out var path)
            ? await IsExportAsync(run, path, cancellationToken).ConfigureAwait(false)
            : run.Step.Output.TryGetValue(FamilyOutput, out var several) && AreThere(several);

    /// <inheritdoc/>
    public IReadOnlyList<string> LeftByUndo(UpgradeStep step, bool removeImported) =>
        !step.Output.TryGetValue(FamilyOutput, out var several) ? []
        : AreThere(several) ? [$"{step.Title}: the exports stay in {several}."]
        : [$"{step.Title}: the exports are not in {several} here: they are gone, or on the machine that made them."];

    /// <inheritdoc/>
    public Task<IReadOnlyList<NeededRight>> RightsAsync(StepRun run, CancellationToken cancellationToken) => StepRights.ToExportAsync(run, run.Step.Target, cancellationToken);

    /// <summary>Exports a cluster to a directory; what an earlier try of the same upgrade left there is replaced.</summary>
    /// <exception cref="UpgradeException">ExportIncomplete, or what the exporter says.</exception>
    public static Task<ClusterConfigExport> ExportAsync(StepRun run, string path, ClusterConnection cluster, CancellationToken cancellationToken) =>
        ExportAsync(run, path, cluster, member: null, cancellationToken);

    private static async Task<ClusterConfigExport> ExportAsync(StepRun run, string path, ClusterConnection cluster, FamilyMember? member, CancellationToken cancellationToken)
    {
        // A path that is not rooted lies where everything else of the upgrade does, wherever it is run.
        path = Path.GetFullPath(path, run.Session.WorkPath);
        var own = Path.GetFullPath(run.Folder);
        var options = new ExportOptions
        {
            Path = path,
            System = member?.System ?? run.Session.System.Description,
            Role = member?.Role,
            Reported = member?.Reported ?? [],
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

    // Each of several clusters that belong together has an export of its own. All of them are made as far as that goes; one that lacks fails the step.
    private static async Task<StepResult> FamilyAsync(StepRun run, IClusterFamily family, string path, CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path, run.Session.WorkPath);
        var members = await family.FindAsync(run.Target, run.Session.System.Description, ConnectionOptions.OfHeldKubeConfig(run.Time), run.Reporter, cancellationToken).ConfigureAwait(false);
        try
        {
            var (made, failed) = (new List<ClusterConfigExport>(), new List<Failure>());
            foreach (var member in members)
            {
                try
                {
                    if (member.Failure is { } unreachable)
                        throw new UpgradeException(unreachable);
                    made.Add(await ExportAsync(run, Path.Combine(path, member.Folder), member.Connection ?? run.Target, member, cancellationToken).ConfigureAwait(false));
                }
                catch (UpgradeException e)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    failed.Add(e.Failure);
                }
            }

            return new StepResult(string.Create(
                CultureInfo.InvariantCulture,
                $"{made.Sum(export => export.ObjectCount)} exported from {made.Count} of {members.Count} clusters, {made.Sum(export => export.LeftOutCount)} left out"))
            {
                Output = new Dictionary<string, string> { [FamilyOutput] = path },
                Failure = failed.Count == 0 ? null : failed[0],
            };
        }
        finally
        {
            await FamilyMember.CloseAsync(members).ConfigureAwait(false);
        }
    }

    private static bool AreThere(string several) => Directory.Exists(several) && Directory.EnumerateDirectories(several).Any(one => File.Exists(Path.Combine(one, ExportLayout.Summary)));

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
