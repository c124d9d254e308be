using System.Collections.Immutable;

namespace KonUpgrade.Sandbox.Storage;

/// <summary>
/// Everything a cluster keeps: its collections under one revision, which every write raises. Writes compare before
/// they swap; whoever lost reads again or answers 409.
/// </summary>
internal sealed class ClusterStore
{
    private readonly object _gate = new();
    private readonly Dictionary<string, Collection> _collections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<(Collection Collection, string Key)>> _dependents = new(StringComparer.Ordinal);

    // A real cluster is never at revision 1 when its first user comes.
    private long _revision = 100;

    /// <summary>Called under the gate after each change, so that followers see changes in their order.</summary>
    public event Action<Collection, StoreEvent>? Changed;

    public long Revision
    {
        get { lock (_gate) return _revision; }
    }

    /// <summary>The collection of a kind, made when it is asked for first.</summary>
    public Collection Collection(string name)
    {
        lock (_gate)
        {
            if (!_collections.TryGetValue(name, out Collection? found)) _collections[name] = found = new Collection(name, _revision);
            return found;
        }
    }

    public IReadOnlyList<Collection> Collections()
    {
        lock (_gate) return [.. _collections.Values];
    }

    public StoredObject? Find(Collection collection, string key)
    {
        lock (_gate) return collection.Find(key);
    }

    /// <summary>All objects of a kind at this moment, and the revision of the moment.</summary>
    public (ImmutableSortedSet<StoredObject> Objects, long Revision) Snapshot(Collection collection)
    {
        lock (_gate) return (collection.Objects, _revision);
    }

    /// <summary>All objects as they were at a revision, or null when that is no longer known.</summary>
    public ImmutableSortedSet<StoredObject>? SnapshotAt(Collection collection, long revision)
    {
        lock (_gate) return collection.At(revision);
    }

    /// <summary>Keeps a moment for the pages of a list that are still to be asked for.</summary>
    public void Pin(Collection collection, long revision, ImmutableSortedSet<StoredObject> objects, TimeSpan lifetime)
    {
        lock (_gate) collection.Pin(revision, objects, Environment.TickCount64 + (long)lifetime.TotalMilliseconds);
    }

    /// <summary>Adds an object; null when one with this key is there.</summary>
    /// <param name="collection">Where.</param>
    /// <param name="key">Its key.</param>
    /// <param name="make">Makes the object for the revision that it gets. Called under the gate: must be quick.</param>
    public StoredObject? Create(Collection collection, string key, Func<long, StoredObject> make)
    {
        lock (_gate)
        {
            if (collection.Find(key) is not null) return null;
            StoredObject made = make(_revision + 1);
            Commit(collection, new StoreEvent(++_revision, StoreEventKind.Added, made, null));
            return made;
        }
    }

    /// <summary>Puts a new state in the place of the expected one; null when another was there meanwhile.</summary>
    public StoredObject? Replace(Collection collection, StoredObject expected, Func<long, StoredObject> make)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(collection.Find(expected.Key), expected)) return null;
            StoredObject made = make(_revision + 1);
            Commit(collection, new StoreEvent(++_revision, StoreEventKind.Modified, made, expected));
            return made;
        }
    }

    /// <summary>Removes the expected state; false when another was there meanwhile.</summary>
    /// <param name="collection">Where.</param>
    /// <param name="expected">What must be there; watches are told this state, at the revision of the deletion.</param>
    public bool Delete(Collection collection, StoredObject expected)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(collection.Find(expected.Key), expected)) return false;
            Commit(collection, new StoreEvent(++_revision, StoreEventKind.Deleted, expected, expected));
            return true;
        }
    }

    /// <summary>Adds many new objects in one go. Those whose key is taken are left out; returns how many came in.</summary>
    public int CreateMany(Collection collection, int count, Func<int, long, StoredObject> make)
    {
        lock (_gate)
        {
            var added = new List<StoredObject>(count);
            for (int i = 0; i < count; i++)
            {
                StoredObject made = make(i, _revision + 1);
                if (collection.Find(made.Key) is not null) continue;
                _revision++;
                added.Add(made);
                Index(collection, made);
            }
            collection.AppendMany(added);
            return added.Count;
        }
    }

    /// <summary>The changes after a revision, or null when the revision is forgotten.</summary>
    public EventSubscription? Subscribe(Collection collection, long afterRevision)
    {
        lock (_gate)
        {
            return collection.Subscribe(afterRevision, subscription =>
            {
                lock (_gate) collection.Unsubscribe(subscription);
            });
        }
    }

    /// <summary>The objects now and every change after them, with nothing between.</summary>
    public (ImmutableSortedSet<StoredObject> Objects, long Revision, EventSubscription Subscription) SnapshotAndSubscribe(Collection collection)
    {
        lock (_gate)
        {
            EventSubscription subscription = Subscribe(collection, _revision)
                ?? throw new InvalidOperationException("The present revision cannot be forgotten.");
            return (collection.Objects, _revision, subscription);
        }
    }

    /// <summary>Ends all watches of a collection after what they have been told so far.</summary>
    public void CompleteSubscriptions(Collection collection)
    {
        lock (_gate) collection.CompleteSubscriptions();
    }

    /// <summary>What names an owner by its UID.</summary>
    public IReadOnlyList<(Collection Collection, StoredObject Object)> Dependents(string ownerUid)
    {
        lock (_gate)
        {
            if (!_dependents.TryGetValue(ownerUid, out HashSet<(Collection Collection, string Key)>? keys)) return [];
            var found = new List<(Collection, StoredObject)>(keys.Count);
            foreach ((Collection collection, string key) in keys)
            {
                if (collection.Find(key) is { } dependent) found.Add((collection, dependent));
            }
            return found;
        }
    }

    /// <summary>Forgets the past, as etcd's compaction does: older watches and pages get 410.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            foreach (Collection collection in _collections.Values) collection.Compact(_revision);
        }
    }

    private void Commit(Collection collection, StoreEvent change)
    {
        if (change.Previous is { } previous) Unindex(collection, previous);
        if (change.Kind != StoreEventKind.Deleted) Index(collection, change.Object);
        collection.Append(change);
        Changed?.Invoke(collection, change);
    }

    private void Index(Collection collection, StoredObject item)
    {
        foreach (OwnerLink owner in item.Owners)
        {
            if (!_dependents.TryGetValue(owner.Uid, out HashSet<(Collection Collection, string Key)>? keys))
                _dependents[owner.Uid] = keys = [];
            keys.Add((collection, item.Key));
        }
    }

    private void Unindex(Collection collection, StoredObject item)
    {
        foreach (OwnerLink owner in item.Owners)
        {
            if (!_dependents.TryGetValue(owner.Uid, out HashSet<(Collection Collection, string Key)>? keys)) continue;
            keys.Remove((collection, item.Key));
            if (keys.Count == 0) _dependents.Remove(owner.Uid);
        }
    }
}
