using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Comparing;

/// <summary>What an export and an import have recorded of why an object did not come to green.</summary>
public sealed class ImportRecords
{
    private readonly Dictionary<ObjectKey, ImportRecord> _objects = [];
    private readonly Dictionary<(string Group, string Kind), string> _kinds = [];

    /// <summary>Adds what an import did with an object.</summary>
    public void Add(ClusterConfigChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        var key = new ObjectKey(ApiResource.GroupOf(change.ApiVersion), change.Kind, change.Namespace, change.Name);
        _objects[key] = change.Action switch
        {
            ClusterConfigChangeAction.Failed => new ImportRecord($"The import failed: {change.Failure?.Message ?? change.Reason ?? "no reason is given"}", IsMeant: false),
            ClusterConfigChangeAction.Skipped when change.Outward is { } outward => new ImportRecord($"{change.Reason} -AllowOutward {outward} brings it.", IsMeant: true) { IsHeld = true },
            ClusterConfigChangeAction.Skipped => new ImportRecord(change.Reason ?? "The import left it alone.", IsMeant: true),
            _ => new ImportRecord("The import brought it, and it is gone since.", IsMeant: false),
        };
    }

    /// <summary>Adds what an export left out.</summary>
    /// <param name="directory">The export's directory.</param>
    /// <exception cref="UpgradeException">ExportDamaged.</exception>
    public void AddExport(ManifestDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        foreach (var left in directory.ReadAllLeftOut())
        {
            var group = ApiResource.GroupOf(left.ApiVersion);
            // What an import says of an object tells more than that it was left out before.
            if (left.Name.Length > 0)
                _objects.TryAdd(new ObjectKey(group, left.Kind, left.Namespace, left.Name), new ImportRecord(left.Reason, IsMeant: true));
            else
                _kinds.TryAdd((group, left.Kind), left.Reason);
        }
    }

    /// <summary>What is recorded of an object; null where nothing is.</summary>
    internal ImportRecord? Find(ObjectKey key) =>
        _objects.TryGetValue(key, out var record) ? record : _kinds.TryGetValue((key.Group, key.Kind), out var reason) ? new ImportRecord(reason, IsMeant: true) : null;
}

/// <summary>Why an object did not come to green.</summary>
/// <param name="Reason">In words for people.</param>
/// <param name="IsMeant">Whether it is so on purpose.</param>
internal sealed record ImportRecord(string Reason, bool IsMeant)
{
    /// <summary>Whether it waits until somebody allows it.</summary>
    public bool IsHeld { get; init; }
}
