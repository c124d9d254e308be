using System.Threading.Channels;

namespace KonUpgrade.Sandbox.Storage;

/// <summary>The changes of one collection, in order, for one watch.</summary>
internal sealed class EventSubscription(Action<EventSubscription> leave) : IDisposable
{
    /// <summary>A watcher that lags this far behind is cut off, as a real server's watch cache does.</summary>
    private const int Backlog = 200_000;

    private readonly Channel<StoreEvent> _changes = Channel.CreateUnbounded<StoreEvent>();

    /// <summary>The changes; completes when the watcher was cut off, or when the collection is served no more as it was.</summary>
    public ChannelReader<StoreEvent> Changes => _changes.Reader;

    public void Offer(StoreEvent change)
    {
        if (_changes.Reader.Count >= Backlog) _changes.Writer.TryComplete();
        else _changes.Writer.TryWrite(change);
    }

    /// <summary>No more changes will come; those that have come can still be read.</summary>
    public void Complete() => _changes.Writer.TryComplete();

    public void Dispose() => leave(this);
}
