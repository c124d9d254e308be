using System.Runtime.CompilerServices;
using KonUpgrade.Engine.ApiVersions.Lifecycle;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Readiness.Deprecations.Files;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;
using KonUpgrade.Engine.Readiness.Deprecations.Live;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations;

/// <summary>
/// Finds API versions in use that a target does not serve, or whose end is known: in files, in exports, in items of a
/// configuration, and on clusters. What could not be looked at is told as a warning and is in <see cref="Failures"/>;
/// the rest goes on. One source at a time.
/// </summary>
/// <param name="options">What is looked for.</param>
/// <param name="reporter">Told what could not be looked at, and how far it is.</param>
public sealed class DeprecatedApiFinder(DeprecatedApiOptions options, IReporter reporter)
{
    private readonly List<Failure> _failures = [];
    private readonly List<Failure> _unreadSources = [];
    private readonly FindingFilter _pipedFilter = new(options.Kind, options.Namespace);
    private HeadJudge? _piped;

    /// <summary>What of files and exports could not be looked at so far.</summary>
    public IReadOnlyList<Failure> Failures => _failures;

    /// <summary>Which sources of evidence about a cluster could not be read so far, and why: what they would have shown, nobody knows.</summary>
    public IReadOnlyList<Failure> UnreadSources => _unreadSources;

    /// <summary>How many objects were looked at so far.</summary>
    public long ObjectCount { get; private set; }

    /// <summary>Looks through an export, or a file or a directory of plain manifests.</summary>
    /// <param name="path">Where they are.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">DirectoryNotFound, NoManifest, KindNotFound, NamespaceNotFound; what is wrong with an export as a whole.</exception>
    public async IAsyncEnumerable<DeprecatedApi> FindAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path);
        var export = Directory.Exists(path) && await ExportSummary.FindAsync(path, cancellationToken).ConfigureAwait(false) is not null
            ? await ManifestDirectory.OpenAsync(path, cancellationToken).ConfigureAwait(false)
            : null;
        if (export is null && !Directory.Exists(path) && !File.Exists(path))
            throw new UpgradeException(ManifestFailures.NotFound(path));
        var filter = new FindingFilter(options.Kind, options.Namespace);
        var judge = new ApiJudge(options.Target ?? Target(export?.Export));
        reporter.Verbose($"{path}: judged by {judge.Target.Name}");
        var scan = new FileScan(path, judge, filter, options.FileReaders, reporter);
        try
        {
            var found = export is null ? scan.RunAsync(cancellationToken) : scan.RunAsync(export, cancellationToken);
            await foreach (var one in found.ConfigureAwait(false))
                yield return one;
        }
        finally
        {
            reporter.Progress(new ProgressReport { Activity = $"Looking through {path}", Done = scan.Outcome.Objects, Completed = true });
        }

        End(path, judge.Target, filter, scan.Outcome, isExport: export is not null);
    }

    /// <summary>
    /// Looks at a cluster: the requests that its API server has counted, the insights of EKS, who wrote its objects in which
    /// version, and what Helm's releases have rendered. A source that can't be read is told (<see cref="UnreadSources"/>), and
    /// the others follow.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">No connection, no login; NoEvidence: no source could be read; KindNotFound.</exception>
    public async IAsyncEnumerable<DeprecatedApi> FindAsync(ClusterConnection cluster, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var name = cluster.Context.Name;
        var version = await cluster.Client.GetVersionAsync(cancellationToken).ConfigureAwait(false);
        var catalog = await cluster.Client.DiscoverAsync(cancellationToken).ConfigureAwait(false);
        var identity = await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        var judge = new ApiJudge(options.Target ?? ApiTarget.After(version));
        reporter.Verbose($"{name}: {version}, judged by {judge.Target.Name}");
        RequireKnown(catalog, name);
        var inspection = new Inspection(cluster, identity.Uid, catalog, judge, new FindingFilter(options.Kind, options.Namespace), options, reporter);
        IEvidenceSource[] sources = [new MetricEvidence(inspection), new InsightEvidence(inspection), new ObjectEvidence(inspection), new HelmEvidence(inspection)];
        var unread = new List<Failure>();
        var read = 0;
        foreach (var source in sources)
        {
            if (source.NotAsked is { } why)
            {
                reporter.Verbose($"{name}: {source.Name} are not asked: {why}");
                continue;
            }

            reporter.Progress(new ProgressReport { Activity = $"Looking at {name}", Status = source.Name, Done = read });
            var before = unread.Count;
            await foreach (var found in GuardedAsync(source, name, unread, cancellationToken).ConfigureAwait(false))
                yield return found;
            read += unread.Count == before ? 1 : 0;
        }

        reporter.Progress(new ProgressReport { Activity = $"Looking at {name}", Completed = true });
        _unreadSources.AddRange(unread);
        if (read == 0)
            throw NothingRead(name, unread);
        reporter.Information($"{name}: {read} sources of evidence were read, {unread.Count} could not be.");
    }

    /// <summary>Looks at an item of a configuration, as it was read or as a script has edited it.</summary>
    /// <returns>The finding; null where nothing is to be said of it.</returns>
    public DeprecatedApi? Find(ClusterConfigItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        _piped ??= new HeadJudge(new ApiJudge(options.Target ?? ApiTarget.Newest), _pipedFilter);
        // One without a name stands for several that were left out, or for a kind that could not be read.
        if (item.Name is null)
            return null;
        ObjectCount++;
        var apiVersion = item.Manifest is { IsSeen: true } ? item.Object?["apiVersion"] as string ?? item.ApiVersion : item.ApiVersion;
        var kind = item.Manifest is { IsSeen: true } ? item.Object?["kind"] as string ?? item.Kind : item.Kind;
        return _piped.Judge(new ManifestHead(apiVersion, kind, item.Namespace, item.Name, 0), new FileOutcome()) is { } found
            ? found with { Line = null, Path = item.Path, Context = item.Context, ClusterUid = item.ClusterUid, Client = item.FieldManager }
            : null;
    }

    private static ApiTarget Target(ClusterConfigExport? export) =>
        export?.ServerVersion is { } told && TargetVersion.TryParse(told) is { } version ? ApiTarget.After(version) : ApiTarget.Newest;

    private void End(string path, ApiTarget target, FindingFilter filter, FileOutcome outcome, bool isExport)
    {
        ObjectCount += outcome.Objects;
        _failures.AddRange(outcome.Unread);
        reporter.Information($"{path}: {outcome.Objects} objects in {outcome.Files} files were looked at; {outcome.Unread.Count} files could not be read, {outcome.Templates.Count} are templates, {outcome.PassedOver} are no manifests.");
        if (outcome.Objects == 0 && outcome.Unread.Count + outcome.Templates.Count == 0 && !isExport)
            throw new UpgradeException(ManifestFailures.NothingThere("NoManifest", path, outcome.PassedOver, outcome.FirstPassedOver));
        var unknown = outcome.UnknownCustom.Where(kind => !outcome.DefinedGroups.Contains(kind.Group)).Select(kind => $"{kind.Kind}.{kind.Group}").Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
            reporter.Warning($"{path}: {target.Name} serves no version at all of {NameList.Some(unknown)}: which versions it will serve, only their CustomResourceDefinitions can tell.");
        // What could not be read may be what was meant.
        if (outcome.Unread.Count + outcome.Templates.Count == 0 && filter.Unknown(path) is { } mistyped)
            throw new UpgradeException(mistyped);
    }

    // What a source has found before it broke off is found all the same.
    private async IAsyncEnumerable<DeprecatedApi> GuardedAsync(
        IEvidenceSource source, string cluster, List<Failure> unread, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = source.FindAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (found.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    if (!await found.MoveNextAsync().ConfigureAwait(false))
                        yield break;
                }
                catch (UpgradeException e)
                {
                    unread.Add(e.Failure);
                    reporter.Warning($"{cluster}: {source.Name} could not be read, and what they would show is not known. {e.Failure.Message}");
                    if (e.Failure.Recommendation is { } recommendation)
                        reporter.Verbose($"{cluster}: {source.Name}: {recommendation}");
                    yield break;
                }

                yield return found.Current;
            }
        }
    }

    // A kind that the cluster does not serve any more may be meant, and one that nobody knows is mistyped.
    private void RequireKnown(ApiCatalog catalog, string cluster)
    {
        var gone = new FindingFilter(options.Kind, []);
        foreach (var known in ApiLifecycles.All)
            gone.Includes(known.ApiVersion, known.Kind);
        foreach (var resource in catalog.Resources)
            gone.Includes(resource.ApiVersion, resource.Kind);
        if (options.Kind.FirstOrDefault(word => catalog.Match(word).Count == 0) is not null && gone.Unknown(cluster) is { } mistyped)
            throw new UpgradeException(mistyped);
    }

    private static UpgradeException NothingRead(string cluster, List<Failure> unread) => new(new Failure
    {
        Id = "NoEvidence",
        Kind = unread.Count > 0 ? unread[0].Kind : FailureKind.NotFound,
        Message = $"{cluster}: no source of evidence could be read, so nobody knows which API versions are in use.{(unread.Count > 0 ? $" First: {unread[0].Message}" : "")}",
        Recommendation = "Give the login the right to list what is to be looked at (the ClusterRole view), and to read /metrics (system:monitoring).",
        Target = cluster,
    });
}
