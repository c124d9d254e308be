namespace KonUpgrade.Engine.Manifests.Ordering;

/// <summary>
/// Objects that wait for their owners. Each waits for one owner at a time, and is given back when that one is final;
/// a wait that would close a circle is refused. Not for several threads at once.
/// </summary>
/// <typeparam name="T">What names an object.</typeparam>
public sealed class OwnerWaits<T>
    where T : notnull
{
    private readonly Dictionary<T, T> _waitsFor = [];
    private readonly Dictionary<T, List<T>> _waiting = [];

    /// <summary>How many objects wait.</summary>
    public int Count => _waitsFor.Count;

    /// <summary>Lets an object wait for its owner.</summary>
    /// <returns>Null, or the circle of owners that the wait would close, from the object to itself.</returns>
    public IReadOnlyList<T>? Add(T owned, T owner)
    {
        var circle = new List<T> { owned };
        for (var next = owner; ; next = _waitsFor[next])
        {
            circle.Add(next);
            if (next.Equals(owned))
                return circle;
            if (!_waitsFor.ContainsKey(next))
                break;
        }
        _waitsFor[owned] = owner;
        if (!_waiting.TryGetValue(owner, out var list))
            _waiting[owner] = list = [];
        list.Add(owned);
        return null;
    }

    /// <summary>Gives back what waited for an owner, in the order in which it came.</summary>
    public IReadOnlyList<T> Release(T owner)
    {
        if (!_waiting.Remove(owner, out var list))
            return [];
        foreach (var owned in list)
            _waitsFor.Remove(owned);
        return list;
    }

    /// <summary>Gives back everything that still waits, each with what it waits for.</summary>
    public IReadOnlyList<(T Owned, T Owner)> ReleaseAll()
    {
        var left = _waitsFor.Select(pair => (pair.Key, pair.Value)).ToList();
        _waitsFor.Clear();
        _waiting.Clear();
        return left;
    }
}
