using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Ordering;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Items;

/// <summary>What is known of every object of an import: that it is in it, what became of it, and what waits for it.</summary>
internal sealed class ImportLedger
{
    private readonly object _lock = new();
    private readonly Dictionary<ObjectKey, Outcome?> _outcomes = [];
    private readonly OwnerWaits<ObjectKey> _waits = new();
    private readonly Dictionary<ObjectKey, ImportItem> _waiting = [];

    /// <summary>Takes an object in.</summary>
    /// <returns>False when one of that name is in already.</returns>
    public bool Add(ObjectKey key)
    {
        lock (_lock)
            return _outcomes.TryAdd(key, null);
    }

    /// <summary>Whether an object is part of the import.</summary>
    public bool Contains(ObjectKey key)
    {
        lock (_lock)
            return _outcomes.ContainsKey(key);
    }

    /// <summary>What became of an object; null while it is not final, or not part of the import.</summary>
    public Outcome? OutcomeOf(ObjectKey key)
    {
        lock (_lock)
            return _outcomes.GetValueOrDefault(key);
    }

    /// <summary>For a dry run: whether an object comes with the import, and is not there yet.</summary>
    public bool IsPlanned(ObjectKey key) => OutcomeOf(key) is { Action: ClusterConfigChangeAction.Created };

    /// <summary>Whether an object of the import has arrived, or was there as it should be.</summary>
    public bool HasBrought(ObjectKey key) => OutcomeOf(key) is
    {
        Action: ClusterConfigChangeAction.Created or ClusterConfigChangeAction.Updated or ClusterConfigChangeAction.Unchanged,
    };

    /// <summary>Why an object's namespace could not be imported; null where it could, or is none of the import.</summary>
    public Failure? WhyNoNamespace(ImportItem item) => NamespaceOf(item) is { Action: ClusterConfigChangeAction.Failed, Uid: null } outcome
        ? ImportFailures.NamespaceFailed(item, outcome.Reason ?? "")
        : null;

    /// <summary>Whether an object's namespace came with the import.</summary>
    public bool IsNamespaceNew(ImportItem item) => NamespaceOf(item) is { Action: ClusterConfigChangeAction.Created };

    /// <summary>Lets an object wait where one of its owners is in the import and not final yet.</summary>
    /// <param name="item">The object.</param>
    /// <param name="circle">The circle of owners, where waiting would close one.</param>
    /// <returns>True when it waits; it is given back by <see cref="Finish"/> of the owner.</returns>
    public bool Wait(ImportItem item, out IReadOnlyList<ObjectKey>? circle)
    {
        circle = null;
        if (item.Owners.Count == 0)
            return false;
        lock (_lock)
        {
            foreach (var owner in item.Owners)
            {
                foreach (var key in ImportItem.OwnerKeys(owner, item.Key.Namespace))
                {
                    if (!_outcomes.TryGetValue(key, out var outcome) || outcome is not null)
                        continue;
                    circle = _waits.Add(item.Key, key);
                    if (circle is not null)
                        return false;
                    _waiting[item.Key] = item;
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>Writes down what became of an object.</summary>
    /// <returns>The objects that waited for it.</returns>
    public IReadOnlyList<ImportItem> Finish(ObjectKey key, Outcome outcome)
    {
        lock (_lock)
        {
            _outcomes[key] = outcome;
            var released = _waits.Release(key);
            if (released.Count == 0)
                return [];
            var items = new List<ImportItem>(released.Count);
            foreach (var owned in released)
            {
                if (_waiting.Remove(owned, out var item))
                    items.Add(item);
            }
            return items;
        }
    }

    private Outcome? NamespaceOf(ImportItem item) => item.Key.Namespace is { } ns ? OutcomeOf(new ObjectKey("", "Namespace", null, ns)) : null;

    /// <summary>What became of an object, as far as others need to know.</summary>
    internal sealed record Outcome(ClusterConfigChangeAction Action, string? Uid, string? Reason);
}
