using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Ordering;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Importing.Items;

/// <summary>What is known of every object of an import: that it is in it, what became of it, and what waits for it.</summary>
/// <param name="makers">Kinds whose objects make the namespace of their name.</param>
internal sealed class ImportLedger(IReadOnlyList<string>? makers = null)
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

    /// <summary>The object of the import that makes a namespace; null where that comes in its own right, or is none of the import.</summary>
    public ObjectKey? MakerOf(string ns)
    {
        foreach (var maker in makers ?? [])
        {
            var dot = maker.IndexOf('.', StringComparison.Ordinal);
            var key = dot < 0 ? new ObjectKey("", maker, null, ns) : new ObjectKey(maker[(dot + 1)..], maker[..dot], null, ns);
            if (Contains(key))
                return key;
        }
        return null;
    }

    private Outcome? NamespaceOf(ImportItem item) => item.Key.Namespace is not { } ns ? null
        : OutcomeOf(new ObjectKey("", "Namespace", null, ns)) ?? (MakerOf(ns) is { } maker ? OutcomeOf(maker) : null);

    /// <summary>What became of an object, as far as others need to know.</summary>
    internal sealed record Outcome(ClusterConfigChangeAction Action, string? Uid, string? Reason);
}
