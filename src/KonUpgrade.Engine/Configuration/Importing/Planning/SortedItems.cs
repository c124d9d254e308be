using System.Text.Json;
using KonUpgrade.Engine.Configuration.Importing.Holding;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Ordering;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Planning;

/// <summary>What the objects of a source are to an import: those that may be written, those that are left alone, and those that can't be read.</summary>
internal sealed class SortedItems(
    ImportSource source, SystemDescription system, ImportSelection selection, ImportOrder order, ImportLedger ledger, ImportVolumes volumes, bool allowModified)
{
    private const string NotOpened = "It is encrypted, and no certificate was given that opens it: give the one that the export was made with (-Certificate).";

    private readonly Dictionary<ObjectKey, ImportItem> _seen = [];
    private readonly VeleroMoves _velero = new(system);

    /// <summary>Those that may be written, in the order of the source.</summary>
    public List<ImportItem> Items { get; } = [];

    /// <summary>Those that are left alone, with the reason.</summary>
    public List<(ImportItem Item, string Reason)> Skipped { get; } = [];

    /// <summary>Those that can't be read, or that are there twice.</summary>
    public List<(ImportItem Item, Failure Failure)> Failed { get; } = [];

    /// <summary>What is not as it was exported.</summary>
    public List<Failure> Altered { get; } = [.. source.Problems];

    /// <summary>How many are encrypted, and not opened.</summary>
    public int Closed { get; private set; }

    /// <summary>Reads the source, without the contents.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        await foreach (var file in source.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (file.Problem is { Id: "ModifiedFile" or "MissingFile" } problem)
                Altered.Add(problem);
            if (file is { Group: "", Kind: "PersistentVolumeClaim" })
                volumes.HadClaim(new ObjectKey("", file.Kind, file.Namespace, file.Name));
            _velero.Learn(file);
            // A file of which nobody can tell what it holds may hold what is selected.
            if (selection.Includes(file) || ((file.Problem is not null || file.SkipReason is not null) && file.Name.Length == 0))
                Add(file, await PositionOfAsync(file, cancellationToken).ConfigureAwait(false), await OwnersOfAsync(file, cancellationToken).ConfigureAwait(false));
        }
        foreach (var (item, reason) in await _velero.DecideAsync(cancellationToken).ConfigureAwait(false))
            Sort(item, reason ?? volumes.WhyNot(item.Key.Group, item.Key.Kind));
        AddLeftOut();
    }

    private void Sort(ImportItem item, string? skipped)
    {
        if (skipped is null)
            Items.Add(item);
        else
            Skipped.Add((item, skipped));
    }

    private void Add(ManifestFile file, ImportPosition position, IReadOnlyList<OwnerReference> owners)
    {
        var item = new ImportItem
        {
            // A file of which nobody can tell what it holds goes by its own name.
            Key = new ObjectKey(file.Group, file.Kind, file.Namespace, file.Name.Length > 0 ? file.Name : file.FilePath),
            ApiVersion = file.ApiVersion,
            Position = position,
            File = file,
            Owners = owners,
        };
        if (file.IsClosed)
            Closed++;
        if (file.Problem is { } unreadable && unreadable.Id != "ModifiedFile")
            Failed.Add((item, unreadable));
        else if (!ledger.Add(item.Key))
            Failed.Add((item, ManifestFailures.Duplicate(file, _seen[item.Key].File!, "imported")));
        else if (file.SkipReason is not null || file.IsClosed || !_velero.Take(item))
            Sort(item, file.SkipReason ?? WhySkipped(file, item.Key));
        _seen.TryAdd(item.Key, item);
    }

    // What the export left out for what it holds is missed on the target sooner than anything else.
    private void AddLeftOut()
    {
        foreach (var left in source.ReadLeftOut())
        {
            var group = ApiResource.GroupOf(left.ApiVersion);
            var key = new ObjectKey(group, left.Kind, left.Namespace, left.Name);
            // Its labels are not known: it may be one of those that are selected.
            if (!selection.Includes(key, left.ApiVersion) || !ledger.Add(key))
                continue;
            Skipped.Add((new ImportItem { Key = key, ApiVersion = left.ApiVersion, Position = order.PositionOf(group, left.Kind) }, left.Reason));
        }
    }

    private string? WhySkipped(ManifestFile file, ObjectKey key) =>
        (file.IsClosed ? NotOpened : null)
        ?? _velero.WhyNot(key)
        ?? volumes.WhyNot(key.Group, key.Kind)
        ?? system.Import.Skip.FirstOrDefault(rule => KindPattern.Matches(rule.Kinds, key.Group, key.Kind))?.Reason;

    private async Task<ImportPosition> PositionOfAsync(ManifestFile file, CancellationToken cancellationToken)
    {
        var position = order.PositionOf(file.Group, file.Kind);
        if (position.Stage != ImportStage.Quotas || file.IsClosed)
            return position;
        try
        {
            using var quota = await file.LoadAsync(cancellationToken).ConfigureAwait(false);
            return FreezingQuota.Is(quota) ? FreezingQuota.Position : position;
        }
        catch (Exception e) when (e is UpgradeException or IOException or UnauthorizedAccessException or JsonException)
        {
            // What is wrong with the file is said when the object's turn comes.
            return position;
        }
    }

    // Those of an altered file are what the file says, not what was exported.
    private async Task<IReadOnlyList<OwnerReference>> OwnersOfAsync(ManifestFile file, CancellationToken cancellationToken) =>
        allowModified && file.Problem is { Id: "ModifiedFile" } ? await OwnersInAsync(file, cancellationToken).ConfigureAwait(false) : file.OwnerReferences;

    private static async Task<IReadOnlyList<OwnerReference>> OwnersInAsync(ManifestFile file, CancellationToken cancellationToken)
    {
        try
        {
            using var o = await file.LoadAsync(cancellationToken).ConfigureAwait(false);
            return ExportedFile.ReadReferences(o.Metadata.Member("ownerReferences"u8));
        }
        catch (Exception e) when (e is UpgradeException or IOException or UnauthorizedAccessException or JsonException)
        {
            // What is wrong with the file is said when the object's turn comes.
            return [];
        }
    }
}
