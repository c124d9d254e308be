using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Caches;

/// <summary>A kind whose changes the data plane follows.</summary>
internal interface IObjectCache
{
    /// <summary>Where its objects lie.</summary>
    Collection Collection { get; }

    /// <summary>Takes what is there before any change came.</summary>
    void Fill(ImmutableSortedSet<StoredObject> objects);

    /// <summary>Takes a change, and tells who follows.</summary>
    void Apply(StoreEvent change);
}

/// <summary>All objects of one kind as the data plane knows them, always up to the last change that was applied. For the loop alone.</summary>
internal sealed class ObjectCache<TView>(ApiResource kind, Func<StoredObject, JsonObject, TView> read) : IObjectCache
    where TView : ObjectView
{
    private readonly Dictionary<string, TView> _all = new(StringComparer.Ordinal);
    private readonly List<(Func<TView, string?> Of, Dictionary<string, Dictionary<string, TView>> Found)> _indexes =
    [
        (view => view.Namespace, []),
        (view => view.Controller?.Uid, []),
    ];

    /// <summary>Before and after; null before it was there, or after it went.</summary>
    public event Action<TView?, TView?>? Changed;

    /// <summary>The kind, in its storage version.</summary>
    public ApiResource Kind { get; } = kind;

    public Collection Collection => Kind.Collection;

    public IEnumerable<TView> All => _all.Values;

    public int Count => _all.Count;

    public TView? Find(string key) => _all.GetValueOrDefault(key);

    public bool Has(string key, [NotNullWhen(true)] out TView? view) => _all.TryGetValue(key, out view);

    public IReadOnlyCollection<TView> InNamespace(string @namespace) => Of(0, @namespace);

    public IReadOnlyCollection<TView> ControlledBy(string uid) => Of(1, uid);

    /// <summary>Keeps the objects by one more thing; gives the number to look them up with.</summary>
    public int AddIndex(Func<TView, string?> of)
    {
        _indexes.Add((of, []));
        return _indexes.Count - 1;
    }

    public IReadOnlyCollection<TView> Of(int index, string value) => _indexes[index].Found.TryGetValue(value, out Dictionary<string, TView>? found) ? found.Values : [];

    public void Fill(ImmutableSortedSet<StoredObject> objects)
    {
        foreach (StoredObject item in objects) Put(item);
    }

    public void Apply(StoreEvent change)
    {
        TView? before = Find(change.Object.Key);
        if (change.Kind == StoreEventKind.Deleted)
        {
            // What the cache was filled with may be younger than a change that still comes.
            if (before is null || before.Revision > change.Object.Revision) return;
            Remove(before);
            Changed?.Invoke(before, null);
            return;
        }
        if (before is not null && before.Revision >= change.Object.Revision) return;
        Changed?.Invoke(before, Put(change.Object));
    }

    private TView Put(StoredObject item)
    {
        if (_all.TryGetValue(item.Key, out TView? before)) Remove(before);
        TView view = read(item, Kind.Read(item));
        _all[view.Key] = view;
        foreach ((Func<TView, string?> of, Dictionary<string, Dictionary<string, TView>> found) in _indexes)
        {
            if (of(view) is not { } value) continue;
            if (!found.TryGetValue(value, out Dictionary<string, TView>? views)) found[value] = views = new(StringComparer.Ordinal);
            views[view.Key] = view;
        }
        return view;
    }

    private void Remove(TView view)
    {
        _all.Remove(view.Key);
        foreach ((Func<TView, string?> of, Dictionary<string, Dictionary<string, TView>> found) in _indexes)
        {
            if (of(view) is not { } value || !found.TryGetValue(value, out Dictionary<string, TView>? views)) continue;
            views.Remove(view.Key);
            if (views.Count == 0) found.Remove(value);
        }
    }
}
