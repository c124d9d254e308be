namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>
/// Keeps memory small where the runtime would not: it lets short-lived objects pile up to the size of the processor's
/// cache, which can be a hundred megabytes, before it looks. Almost nothing of an export's objects lives on, so looking
/// sooner costs next to nothing.
/// </summary>
internal sealed class YoungMemory
{
    private const long Budget = 12 * 1024 * 1024;

    private long _last = GC.GetTotalAllocatedBytes();

    /// <summary>Collects what is short-lived, if enough has come together since the last time. Any thread may call it, often.</summary>
    public void Tidy()
    {
        var last = Volatile.Read(ref _last);
        var now = GC.GetTotalAllocatedBytes();
        if (now - last >= Budget && Interlocked.CompareExchange(ref _last, now, last) == last)
            GC.Collect(0, GCCollectionMode.Forced, blocking: false);
    }
}
