namespace KonUpgrade.Engine.Foundation.Streams;

/// <summary>
/// Keeps memory small where the runtime would not: it lets short-lived objects pile up to the size of the processor's
/// cache, which can be a hundred megabytes, before it looks. Almost nothing of what goes through a stream lives on, so
/// looking sooner costs next to nothing.
/// </summary>
/// <remarks>
/// Each operation has one of its own. What they count is the process's, and a collection that another one began, or the
/// runtime, counts for all: several at once look no more often than one.
/// </remarks>
internal sealed class YoungMemory
{
    // How many bytes may come together, whoever allocates them.
    private const long Budget = 12 * 1024 * 1024;

    private readonly IMemoryUse _use;
    private long _since;
    private int _collections;

    public YoungMemory(IMemoryUse? use = null)
    {
        _use = use ?? new ProcessMemory();
        _since = _use.Allocated;
        _collections = _use.Collections;
    }

    /// <summary>Collects what is short-lived, if enough has come together since the last time. Any thread may call it, often.</summary>
    public void Tidy()
    {
        var now = _use.Allocated;
        var collections = _use.Collections;
        if (collections != Volatile.Read(ref _collections))
        {
            Volatile.Write(ref _since, now);
            Volatile.Write(ref _collections, collections);
            return;
        }

        var since = Volatile.Read(ref _since);
        if (now - since >= Budget && Interlocked.CompareExchange(ref _since, now, since) == since)
            _use.Collect();
    }

    /// <summary>What a process allocates and collects.</summary>
    internal interface IMemoryUse
    {
        /// <summary>How many bytes have been allocated since it began.</summary>
        long Allocated { get; }

        /// <summary>How often what is young has been collected.</summary>
        int Collections { get; }

        /// <summary>Collects what is young.</summary>
        void Collect();
    }

    private sealed class ProcessMemory : IMemoryUse
    {
        public long Allocated => GC.GetTotalAllocatedBytes();

        public int Collections => GC.CollectionCount(0);

        public void Collect() => GC.Collect(0, GCCollectionMode.Forced, blocking: false);
    }
}
