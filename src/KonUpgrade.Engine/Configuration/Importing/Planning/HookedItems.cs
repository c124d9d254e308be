using System.Text.Json;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Planning;

/// <summary>The objects of an import of which a system knows more than its description says.</summary>
internal sealed class HookedItems(IImportHook hook, ImportSelection selection, ImportLedger ledger)
{
    /// <summary>Shows the hook what arrives, ranks the objects as it says, and adds what it makes beside them.</summary>
    /// <param name="items">The objects.</param>
    /// <param name="context">What the hook may look at.</param>
    /// <param name="failed">Takes those that can't be read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The objects that are imported.</returns>
    public async Task<List<ImportItem>> PrepareAsync(
        List<ImportItem> items, ImportHookContext context, List<(ImportItem, Failure)> failed, CancellationToken cancellationToken)
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
        var additions = await hook.PrepareAsync(context, cancellationToken).ConfigureAwait(false);
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
}
