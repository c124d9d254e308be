namespace KonUpgrade.Sandbox.DataPlane.Work;

/// <summary>
/// One controller: it names the objects that something happened to, and brings each of them, one after another, to what
/// it should be. For the loop alone; nothing of it waits.
/// </summary>
internal abstract class Controller(PlaneContext plane)
{
    private readonly Queue<string> _queue = new();
    private readonly HashSet<string> _queued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _alarms = new(StringComparer.Ordinal);

    protected PlaneContext Plane { get; } = plane;

    /// <summary>Looks at all that is there, before the first change.</summary>
    public abstract void EnqueueAll();

    /// <summary>Works at the next object; false when none waits.</summary>
    public bool Step()
    {
        if (!_queue.TryDequeue(out string? key)) return false;
        _queued.Remove(key);
        try
        {
            Reconcile(key);
        }
        catch (Requests.ApiError refused)
        {
            // As a real controller does: what the server refuses now, it may take later.
            Plane.Log($"{GetType().Name} {key}: {refused.Message}");
            EnqueueAt(key, Plane.Now + TimeSpan.FromSeconds(5));
        }
        return true;
    }

    protected abstract void Reconcile(string key);

    protected void Enqueue(string key)
    {
        if (_queued.Add(key)) _queue.Enqueue(key);
    }

    /// <summary>Looks at an object again at a moment, or sooner when something happens to it.</summary>
    protected void EnqueueAt(string key, DateTimeOffset due)
    {
        if (_alarms.TryGetValue(key, out DateTimeOffset set) && set <= due && set > Plane.Now) return;
        _alarms[key] = due;
        Plane.Alarms.Set(due, () =>
        {
            if (_alarms.TryGetValue(key, out DateTimeOffset still) && still == due) _alarms.Remove(key);
            Enqueue(key);
        });
    }
}
