using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Ordering;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Planning;

/// <summary>Reads and verifies what is to be imported, and orders it.</summary>
internal sealed class ImportPlanner(
    ImportSource source,
    ClusterConnection target,
    SystemDefinition system,
    ImportOptions options,
    IReporter reporter)
{
    public async Task<ImportPlan> RunAsync(CancellationToken cancellationToken)
    {
        OutwardRules.Check(system.Description, options.AllowOutward);
        var targetUid = await CheckSourceAsync(cancellationToken).ConfigureAwait(false);
        var services = new TargetServices(target.Client);
        await services.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var selection = new ImportSelection(options.Selection, services.Catalog);
        var order = new ImportOrder(system.Description.Import.Order, system.Description.Import.Namespaces);
        var hook = system.CreateImportHook?.Invoke();
        var ledger = new ImportLedger(system.Description.Import.Namespaces);
        var volumes = new ImportVolumes(options.Volume);
        var sorted = new SortedItems(source, system.Description, selection, order, ledger, volumes, options.AllowModified);
        await sorted.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (source.Unlisted() is { } unlisted)
            reporter.Warning(unlisted);
        if (sorted.Closed > 0)
            reporter.Warning($"{sorted.Closed} encrypted objects of {source.Path} are left alone: -Certificate, with the private key, opens them.");
        await selection.CheckAsync(target.Client, cancellationToken).ConfigureAwait(false);
        if (sorted.Altered.Count > 0 && !options.AllowModified)
            throw new UpgradeException(ImportFailures.Altered(source.Path, sorted.Altered));
        var items = await volumes.PrepareAsync(sorted.Items, sorted.Skipped, sorted.Failed, target.Context.Name, reporter, cancellationToken).ConfigureAwait(false);
        if (hook is not null)
        {
            var context = new ImportHookContext(target.Client, services.Catalog, order, reporter)
            {
                Export = source.Export,
                Source = options.Source,
                Hold = options.Hold,
                AllowOutward = options.AllowOutward,
            };
            items = await new HookedItems(hook, selection, ledger).PrepareAsync(items, context, sorted.Failed, cancellationToken).ConfigureAwait(false);
        }
        items = [.. items.OrderBy(i => i.Position)];
        // An export may rightly be empty; that an import of it does nothing is said all the same.
        if (source.Export is not null && items.Count + sorted.Skipped.Count + sorted.Failed.Count + sorted.Closed == 0)
        {
            var told = $"There is nothing to import: the export in {source.Path} {(options.Selection.IsEverything() ? "is empty" : "has nothing of what is selected")}.";
            if (options.MayBeEmpty)
                reporter.Verbose(told);
            else
                reporter.Warning(told);
        }

        return new ImportPlan
        {
            Items = items,
            Skipped = sorted.Skipped,
            Failed = sorted.Failed,
            Ledger = ledger,
            Services = services,
            Selection = selection,
            System = system.Description,
            Hook = hook,
            Volumes = volumes,
            Summary = Summarize(items, sorted, targetUid),
        };
    }

    // What is not whole, and what is of the target itself, is refused before anything is looked at.
    private async Task<string> CheckSourceAsync(CancellationToken cancellationToken)
    {
        if (source.Incomplete is { } incomplete && !options.AllowPartial)
            throw new UpgradeException(incomplete);
        var targetUid = (await target.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Require(target.Context.Name);
        if (source.ClusterUid == targetUid)
            throw new UpgradeException(ImportFailures.SameCluster(target.Context.Name, source.Context));
        if (source.ClusterUid is null && (source.Export is not null || source.Context is not null))
            reporter.Warning($"{(source.Export is null ? "What comes from" : "The export in")} {source.Path} does not tell which cluster it is of, so nobody can say that it is not {target.Context.Name} itself.");
        return targetUid;
    }

    private ImportPlanSummary Summarize(List<ImportItem> items, SortedItems sorted, string targetUid) => new()
    {
        Target = target.Context.Name,
        TargetUid = targetUid,
        Source = source.Context,
        Export = source.Export,
        Verified = source.Export is not null && sorted.Altered.Count == 0,
        ObjectCount = items.Count + sorted.Skipped.Count + sorted.Failed.Count,
        SkippedCount = sorted.Skipped.Count,
        FailedCount = sorted.Failed.Count,
        // An export may rightly be empty; a directory without one was hardly meant.
        Nothing = source.Export is null && !source.IsPiped && items.Count + sorted.Skipped.Count == 0 && sorted.Failed.All(f => f.Item.File?.IsForeign == true)
            ? ManifestFailures.NothingThere("NothingToImport", source.Path, sorted.Failed.Count, sorted.Failed.FirstOrDefault().Item?.File?.FilePath)
            : null,
        CountByKind = [.. items.GroupBy(i => i.Key.KindAndGroup).Select(g => KeyValuePair.Create(g.Key, g.Count()))],
    };
}
