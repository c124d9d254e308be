using System.Text.Json;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Planning;

/// <summary>
/// One object, one mover: what the system gives to Velero, an import leaves alone. Of volumes and claims that may go by the
/// storage driver, which a claim has through its volume.
/// </summary>
internal sealed class VeleroMoves(SystemDescription system)
{
    private readonly SystemVelero? _velero = system.Velero;
    private readonly List<ManifestFile> _volumes = [];
    private readonly List<ImportItem> _items = [];

    /// <summary>Why an object of a kind is left to Velero; null where it is not, or where that goes by its driver.</summary>
    public string? WhyNot(ObjectKey key) => _velero?.ForWholeKind(key.Group, key.Kind)?.Reason;

    /// <summary>Learns of a volume of the source, whether it is imported or not: by it its claim is known.</summary>
    public void Learn(ManifestFile file)
    {
        if (_velero is not null && file is { Group: "", Kind: "PersistentVolume", IsClosed: false, Problem: null or { Id: "ModifiedFile" } } && _velero.MovesSome("", file.Kind))
            _volumes.Add(file);
    }

    /// <summary>Takes a volume or a claim of which some are Velero's, to be decided when all volumes are known.</summary>
    /// <returns>False for everything else.</returns>
    public bool Take(ImportItem item)
    {
        if (_velero is null || item.Key is not { Group: "", Kind: "PersistentVolume" or "PersistentVolumeClaim" } || !_velero.MovesSome(item.Key.Group, item.Key.Kind))
            return false;
        _items.Add(item);
        return true;
    }

    /// <summary>Decides about what was taken.</summary>
    /// <returns>Each item with the reason for which it is left to Velero; null where it is not.</returns>
    public async Task<IReadOnlyList<(ImportItem Item, string? Reason)>> DecideAsync(CancellationToken cancellationToken)
    {
        var drivers = new Dictionary<ObjectKey, string>();
        foreach (var file in _items.Count == 0 ? [] : _volumes)
        {
            try
            {
                using var volume = await file.LoadAsync(cancellationToken).ConfigureAwait(false);
                var driver = VeleroMoveRule.DriverOf(volume.Root);
                drivers[new ObjectKey("", file.Kind, null, file.Name)] = driver;
                var claim = volume.Root.Member("spec"u8).Member("claimRef"u8);
                if (claim.Text("name") is { Length: > 0 } name)
                    drivers[new ObjectKey("", "PersistentVolumeClaim", claim.Text("namespace"), name)] = driver;
            }
            catch (Exception e) when (e is UpgradeException or IOException or UnauthorizedAccessException or JsonException)
            {
                // What is wrong with the file is said when the object's turn comes.
            }
        }
        // A claim of which no volume is known may have data all the same, which an import does not bring.
        return [.. _items.Select(item => (item, _velero!.ForVolume(item.Key.Group, item.Key.Kind, drivers.GetValueOrDefault(item.Key))?.Reason))];
    }
}
