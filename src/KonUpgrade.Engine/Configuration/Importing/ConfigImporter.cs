using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Planning;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing;

/// <summary>
/// Brings a cluster's configuration into another cluster: verified, in the order in which objects need each other, many
/// at once, each reported when it is final. Contents are read when they are sent, so that memory does not grow with
/// what is imported beyond names.
/// </summary>
public sealed class ConfigImporter
{
    private readonly ImportPlanner _planner;
    private readonly ClusterConnection _target;
    private readonly ImportOptions _options;
    private readonly IReporter _reporter;
    private ImportPlan? _plan;

    /// <summary>Makes an importer. Nothing is read yet.</summary>
    /// <param name="source">An export, or a directory of plain manifests, for which nothing vouches.</param>
    /// <param name="target">The cluster to import into.</param>
    /// <param name="system">The system as which it is imported.</param>
    /// <param name="options">How.</param>
    /// <param name="reporter">Where progress is told.</param>
    public ConfigImporter(ManifestDirectory source, ClusterConnection target, SystemDefinition system, ImportOptions options, IReporter reporter)
        : this(ImportSource.Of(source), target, system, options, reporter)
    {
    }

    internal ConfigImporter(ImportSource source, ClusterConnection target, SystemDefinition system, ImportOptions options, IReporter reporter)
    {
        _planner = new ImportPlanner(source, target, system, options, reporter);
        _target = target;
        _options = options;
        _reporter = reporter;
    }

    private string Activity => $"Importing into {_target.Context.Name}";

    /// <summary>Reads and verifies what is to be imported, and looks at the target. Nothing is written.</summary>
    /// <exception cref="UpgradeException">
    /// SameCluster, IdentityUnknown, ExportIncomplete, ModifiedFile, MissingFile, or the target can't be reached.
    /// </exception>
    public async Task<ImportPlanSummary> PrepareAsync(CancellationToken cancellationToken)
    {
        _plan ??= await _planner.RunAsync(cancellationToken).ConfigureAwait(false);
        return _plan.Summary;
    }

    /// <summary>Imports. Every object that was read comes out once, when it is final. An importer runs once.</summary>
    public IAsyncEnumerable<ClusterConfigChange> RunAsync(CancellationToken cancellationToken) => RunAsync(_options, cancellationToken);

    /// <summary>
    /// Says what an import would do, and how far that is known (<see cref="ClusterConfigChange.Verified"/>). Nothing is
    /// written: what the server can tell it is asked in dry runs. An importer runs once, in earnest or for trial.
    /// </summary>
    public IAsyncEnumerable<ClusterConfigChange> PreviewAsync(CancellationToken cancellationToken) => RunAsync(_options with { DryRun = true }, cancellationToken);

    private async IAsyncEnumerable<ClusterConfigChange> RunAsync(ImportOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken).ConfigureAwait(false);
        var plan = _plan!;
        try
        {
            using var writes = new SemaphoreSlim(Math.Max(1, options.ThrottleLimit));
            var changes = ChannelStream.RunAsync<ClusterConfigChange>(
                (writer, token) => new ImportRun(plan, _target, options, writes, _reporter, writer, Activity).RunAsync(token), cancellationToken);
            await foreach (var change in changes.ConfigureAwait(false))
                yield return change;
        }
        finally
        {
            _reporter.Progress(new ProgressReport { Activity = Activity, Completed = true });
        }
    }
}
