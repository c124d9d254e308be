using System.Collections.Immutable;

namespace KonUpgrade.Sandbox.Storage;

/// <summary>
/// All objects of one kind, in the order of their keys. The set is persistent, so that a reader, or a list that is
/// read in pages, keeps its own moment for the price of a reference.
/// </summary>
/// <remarks>What writes here holds the gate of <see cref="ClusterStore"/>.</remarks>
internal sealed class Collection(string name, long since)
{
    /// <summary>A watch can begin this many changes back; before that the answer is 410.</summary>
    public const int EventsKept = 16_384;

    private readonly Queue<StoreEvent> _events = new();
    private readonly List<EventSubscription> _subscriptions = [];
    private readonly Dictionary<long, (ImmutableSortedSet<StoredObject> Objects, long Expires)> _pinned = [];

    /// <summary><c>plural.group</c>, or the plural alone in the core group.</summary>
    public string Name { get; } = name;

    /// <summary>The objects now.</summary>
    public ImmutableSortedSet<StoredObject> Objects { get; private set; } = ImmutableSortedSet.Create<StoredObject>(KeyOrder.Instance);

    /// <summary>The revision of the last change.</summary>
    public long LastChange { get; private set; }

    /// <summary>Changes up to this revision are forgotten: a watch from before cannot be served.</summary>
    public long ForgottenUntil { get; private set; } = since;

    public StoredObject? Find(string key)
        => Objects.TryGetValue(Probe(key), out StoredObject found) ? found : null;

    /// <summary>Something that sorts like an object with this key.</summary>
    public static StoredObject Probe(string key)
        => new() { Key = key, Json = [], TypeLength = 0, ApiVersion = string.Empty, Revision = 0, Uid = string.Empty };

    /// <summary>The index of the first object whose key is not before the given one.</summary>
    public static int LowerBound(ImmutableSortedSet<StoredObject> objects, string key)
    {
        int index = objects.IndexOf(Probe(key));
        return index < 0 ? ~index : index;
    }

    public void Append(StoreEvent change)
    {
        ImmutableSortedSet<StoredObject> objects = change.Previous is null ? Objects : Objects.Remove(change.Previous);
        Objects = change.Kind == StoreEventKind.Deleted ? objects : objects.Add(change.Object);
        LastChange = change.Revision;
        _events.Enqueue(change);
        if (_events.Count > EventsKept) ForgottenUntil = _events.Dequeue().Revision;
        foreach (EventSubscription subscription in _subscriptions) subscription.Offer(change);
    }

    /// <summary>Adds many objects at once, which is far cheaper than one after another.</summary>
    public void AppendMany(IReadOnlyList<StoredObject> added)
    {
        if (added.Count == 0) return;
        Objects = Objects.Union(added);
        foreach (StoredObject item in added)
        {
            var change = new StoreEvent(item.Revision, StoreEventKind.Added, item, null);
            _events.Enqueue(change);
            if (_events.Count > EventsKept) ForgottenUntil = _events.Dequeue().Revision;
            foreach (EventSubscription subscription in _subscriptions) subscription.Offer(change);
        }
        LastChange = added[^1].Revision;
    }

    /// <summary>Forgets every change so far, as compaction does: watches from before and pages of older lists expire.</summary>
    public void Compact(long revision)
    {
        _events.Clear();
        _pinned.Clear();
        ForgottenUntil = Math.Max(ForgottenUntil, revision);
    }

    /// <summary>The changes after a revision, and all that follow, or null when the revision is forgotten.</summary>
    public EventSubscription? Subscribe(long afterRevision, Action<EventSubscription> leave)
    {
        if (afterRevision < ForgottenUntil) return null;
        var subscription = new EventSubscription(leave);
        foreach (StoreEvent change in _events)
        {
            if (change.Revision > afterRevision) subscription.Offer(change);
        }
        _subscriptions.Add(subscription);
        return subscription;
    }

    public void Unsubscribe(EventSubscription subscription) => _subscriptions.Remove(subscription);

    /// <summary>Ends all watches after what they have been told so far.</summary>
    public void CompleteSubscriptions()
    {
        foreach (EventSubscription subscription in _subscriptions) subscription.Complete();
    }

    /// <summary>Keeps the state of a moment for the pages to come.</summary>
    public void Pin(long revision, ImmutableSortedSet<StoredObject> objects, long expires)
    {
        Unpin(Environment.TickCount64);
        _pinned[revision] = (objects, expires);
    }

    /// <summary>The state at a revision, or null when it is no longer known.</summary>
    public ImmutableSortedSet<StoredObject>? At(long revision)
    {
        Unpin(Environment.TickCount64);
        if (_pinned.TryGetValue(revision, out (ImmutableSortedSet<StoredObject> Objects, long Expires) pinned)) return pinned.Objects;
        return null;
    }

    private void Unpin(long now)
    {
        foreach ((long revision, (_, long expires)) in _pinned)
        {
            if (expires <= now) _pinned.Remove(revision);
        }
    }

    private sealed class KeyOrder : IComparer<StoredObject>
    {
        public static readonly KeyOrder Instance = new();

        public int Compare(StoredObject? x, StoredObject? y) => string.CompareOrdinal(x?.Key, y?.Key);
    }
}
