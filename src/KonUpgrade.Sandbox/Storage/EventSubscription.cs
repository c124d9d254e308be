using System.Threading.Channels;

namespace KonUpgrade.Sandbox.Storage;

/// <summary>The changes of one collection, in order, for one watch.</summary>
internal sealed class EventSubscription(Action<EventSubscription> leave) : IDisposable
{
    /// <summary>A watcher that lags this far behind is cut off, as a real server's watch cache does.</summary>
    private const int Backlog = 200_000;

    private readonly Channel<StoreEvent> _changes = Channel.CreateUnbounded<StoreEvent>();

    /// <summary>The changes; completes when the watcher was cut off.</summary>
    public ChannelReader<StoreEvent> Changes => _changes.Reader;

    public void Offer(StoreEvent change)
    {
        if (_changes.Reader.Count >= Backlog) _changes.Writer.TryComplete();
        else _changes.Writer.TryWrite(change);
    }

    public void Dispose() => leave(this);
}
