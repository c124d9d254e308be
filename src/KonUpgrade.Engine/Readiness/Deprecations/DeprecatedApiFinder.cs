using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Configuration.Converting;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Readiness.Deprecations.Files;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;
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
    private readonly FindingFilter _pipedFilter = new(options.Kind, options.Namespace);
    private HeadJudge? _piped;

    /// <summary>What could not be looked at, of all sources so far.</summary>
    public IReadOnlyList<Failure> Failures => _failures;

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
}
