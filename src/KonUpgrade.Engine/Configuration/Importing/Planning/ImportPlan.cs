using System.Text.Json;
using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Ordering;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Planning;

/// <summary>What is to be imported, in which order, and what is final before anything is written.</summary>
internal sealed record ImportPlan
{
    /// <summary>The objects to be written, in the order of their arrival.</summary>
    public required IReadOnlyList<ImportItem> Items { get; init; }

    /// <summary>Objects that are left alone, with the reason.</summary>
    public required IReadOnlyList<(ImportItem Item, string Reason)> Skipped { get; init; }

    /// <summary>Objects that can't be read, or that are there twice.</summary>
    public required IReadOnlyList<(ImportItem Item, Failure Failure)> Failed { get; init; }

    /// <summary>What every object of the import is written down in.</summary>
    public required ImportLedger Ledger { get; init; }

    /// <summary>What the target serves.</summary>
    public required TargetServices Services { get; init; }

    /// <summary>Which objects are meant.</summary>
    public required ImportSelection Selection { get; init; }

    /// <summary>The system.</summary>
    public required SystemDescription System { get; init; }

    /// <summary>What becomes of claims and volumes.</summary>
    public required ImportVolumes Volumes { get; init; }

    /// <summary>The system's code, or null.</summary>
    public IImportHook? Hook { get; init; }

    /// <summary>In numbers.</summary>
    public required ImportPlanSummary Summary { get; init; }
}

/// <summary>Reads and verifies what is to be imported, and orders it.</summary>
internal sealed class ImportPlanner(
    ImportSource source,
    ClusterConnection target,
    SystemDefinition system,
    ImportOptions options,
    IReporter reporter)
{
    private readonly ImportVolumes _volumes = new(options.Volume);

    private const string Closed = "It is encrypted, and no certificate was given that opens it: give the one that the export was made with (-Certificate).";

    public async Task<ImportPlan> RunAsync(CancellationToken cancellationToken)
    {
        OutwardRules.Check(system.Description, options.AllowOutward);
        var export = source.Export;
        if (source.Incomplete is { } incomplete && !options.AllowPartial)
            throw new UpgradeException(incomplete);
        var targetUid = (await target.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Require(target.Context.Name);
        if (source.ClusterUid == targetUid)
            throw new UpgradeException(ImportFailures.SameCluster(target.Context.Name, source.Context));
        if (source.ClusterUid is null && (export is not null || source.Context is not null))
            reporter.Warning($"{(export is null ? "What comes from" : "The export in")} {source.Path} does not tell which cluster it is of, so nobody can say that it is not {target.Context.Name} itself.");

        var services = new TargetServices(target.Client);
        await services.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var selection = new ImportSelection(options.Selection, services.Catalog);
        var order = new ImportOrder(system.Description.Import.Order);
        var hook = system.CreateImportHook?.Invoke();
        var ledger = new ImportLedger();
        var seen = new Dictionary<ObjectKey, ImportItem>();
        var items = new List<ImportItem>();
        var skipped = new List<(ImportItem, string)>();
        var failed = new List<(ImportItem, Failure)>();
        var altered = new List<Failure>(source.Problems);
        var closed = 0;
        await foreach (var file in source.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (file.Problem is { Id: "ModifiedFile" or "MissingFile" } problem)
                altered.Add(problem);
            if (file is { Group: "", Kind: "PersistentVolumeClaim" })
                _volumes.HadClaim(new ObjectKey("", file.Kind, file.Namespace, file.Name));
            // A file of which nobody can tell what it holds may hold what is selected.
            if (!selection.Includes(file) && !((file.Problem is not null || file.SkipReason is not null) && file.Name.Length == 0))
                continue;
            var item = new ImportItem
            {
                // A file of which nobody can tell what it holds goes by its own name.
                Key = new ObjectKey(file.Group, file.Kind, file.Namespace, file.Name.Length > 0 ? file.Name : file.FilePath),
                ApiVersion = file.ApiVersion,
                Position = order.PositionOf(file.Group, file.Kind),
                File = file,
                Owners = options.AllowModified && file.Problem is { Id: "ModifiedFile" } ? await OwnersInAsync(file, cancellationToken).ConfigureAwait(false) : file.OwnerReferences,
            };
            if (file.IsClosed)
                closed++;
            if (file.Problem is { } unreadable && unreadable.Id != "ModifiedFile")
                failed.Add((item, unreadable));
            else if (!ledger.Add(item.Key))
                failed.Add((item, ManifestFailures.Duplicate(file, seen[item.Key].File!, "imported")));
            else if ((file.SkipReason ?? WhySkipped(item)) is { } reason)
                skipped.Add((item, reason));
            else
                items.Add(item);
            seen.TryAdd(item.Key, item);
        }
        if (source.Unlisted() is { } unlisted)
            reporter.Warning(unlisted);
        if (closed > 0)
            reporter.Warning($"{closed} encrypted objects of {source.Path} are left alone: -Certificate, with the private key, opens them.");
        AddLeftOut(selection, order, ledger, skipped);
        await selection.CheckAsync(target.Client, cancellationToken).ConfigureAwait(false);
        if (altered.Count > 0 && !options.AllowModified)
            throw new UpgradeException(ImportFailures.Altered(source.Path, altered));
        items = await _volumes.PrepareAsync(items, skipped, failed, target.Context.Name, reporter, cancellationToken).ConfigureAwait(false);
        if (hook is not null)
            items = await PrepareAsync(hook, items, selection, ledger, services, order, failed, cancellationToken).ConfigureAwait(false);
        items = [.. items.OrderBy(i => i.Position)];
        return new ImportPlan
        {
            Items = items,
            Skipped = skipped,
            Failed = failed,
            Ledger = ledger,
            Services = services,
            Selection = selection,
            System = system.Description,
            Hook = hook,
            Volumes = _volumes,
            Summary = new ImportPlanSummary
            {
                Target = target.Context.Name,
                TargetUid = targetUid,
                Source = source.Context,
                Export = export,
                Verified = export is not null && altered.Count == 0,
                ObjectCount = items.Count + skipped.Count + failed.Count,
                SkippedCount = skipped.Count,
                FailedCount = failed.Count,
                // An export may rightly be empty; a directory without one was hardly meant.
                Nothing = export is null && !source.IsPiped && items.Count + skipped.Count == 0 && failed.All(f => f.Item1.File?.IsForeign == true)
                    ? ManifestFailures.NothingThere("NothingToImport", source.Path, failed.Count, failed.FirstOrDefault().Item1?.File?.FilePath)
                    : null,
                CountByKind = [.. items.GroupBy(i => i.Key.KindAndGroup).Select(g => KeyValuePair.Create(g.Key, g.Count()))],
            },
        };
    }

    // What the export left out for what it holds is missed on the target sooner than anything else.
    private void AddLeftOut(ImportSelection selection, ImportOrder order, ImportLedger ledger, List<(ImportItem, string)> skipped)
    {
        foreach (var left in source.ReadLeftOut())
        {
            var group = left.ApiVersion.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? left.ApiVersion[..slash] : "";
            var key = new ObjectKey(group, left.Kind, left.Namespace, left.Name);
            // Its labels are not known: it may be one of those that are selected.
            if (!selection.Includes(key, left.ApiVersion) || !ledger.Add(key))
                continue;
            skipped.Add((new ImportItem { Key = key, ApiVersion = left.ApiVersion, Position = order.PositionOf(group, left.Kind) }, left.Reason));
        }
    }

    private string? WhySkipped(ImportItem item) =>
        (item.File is { IsClosed: true } ? Closed : null)
        ?? _volumes.WhyNot(item.Key.Group, item.Key.Kind)
        ?? system.Description.Import.Skip.FirstOrDefault(rule => KindPattern.Matches(rule.Kinds, item.Key.Group, item.Key.Kind))?.Reason;

    private async Task<List<ImportItem>> PrepareAsync(
        IImportHook hook, List<ImportItem> items, ImportSelection selection, ImportLedger ledger, TargetServices services, ImportOrder order, List<(ImportItem, Failure)> failed,
        CancellationToken cancellationToken)
    {
        var kept = new List<ImportItem>(items.Count);
        foreach (var item in items)
        {
            if (hook.Concerns(item.Key.Group, item.Key.Kind))
            {
                try
                {
                    using var o = await item.File!.LoadAsync(cancellationToken).ConfigureAwait(false);
                    // What is not selected does not arrive, and calls for nothing beside it.
                    if (selection.Selects(o))
                        hook.Inspect(o);
                }
                catch (UpgradeException e)
                {
                    failed.Add((item, e.Failure));
                    continue;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
                {
                    failed.Add((item, ImportFailures.Unreadable(item, e)));
                    continue;
                }
            }
            kept.Add(item);
        }
        var additions = await hook.PrepareAsync(new ImportHookContext(target.Client, services.Catalog, order, reporter) { Export = source.Export, Source = options.Source, Hold = options.Hold, AllowOutward = options.AllowOutward }, cancellationToken).ConfigureAwait(false);
        kept = [.. kept.Select(i => hook.RankOf(i.Key) is var rank and > 0 ? Ranked(i, rank) : i)];
        foreach (var addition in additions)
        {
            // What the export itself has of that name goes first.
            if (ledger.Add(addition.Key))
                kept.Add(new ImportItem { Key = addition.Key, ApiVersion = addition.ApiVersion, Position = addition.Position, Addition = addition });
        }
        return kept;
    }

    private static ImportItem Ranked(ImportItem item, int rank) => new()
    {
        Key = item.Key,
        ApiVersion = item.ApiVersion,
        Position = item.Position with { Rank = item.Position.Rank + rank },
        File = item.File,
        Owners = item.Owners,
    };

    private static async Task<IReadOnlyList<OwnerReference>> OwnersInAsync(ManifestFile file, CancellationToken cancellationToken)
    {
        try
        {
            using var o = await file.LoadAsync(cancellationToken).ConfigureAwait(false);
            return
            [
                .. o.Metadata.Objects("ownerReferences").Select(r => new OwnerReference(
                    r.Text("apiVersion") ?? "", r.Text("kind") ?? "", r.Text("name") ?? "", r.Member("controller").ValueKind == JsonValueKind.True)),
            ];
        }
        catch (Exception e) when (e is UpgradeException or IOException or UnauthorizedAccessException or JsonException)
        {
            // What is wrong with the file is said when the object's turn comes.
            return [];
        }
    }
}
