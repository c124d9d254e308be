using System.Threading.Channels;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>Works whenever something changes in a cluster that is followed.</summary>
internal sealed class ChangeLoop : IAsyncDisposable
{
    private readonly SimulatedCluster _cluster;
    private readonly IReadOnlySet<string> _followed;
    private readonly Action _work;
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="cluster">The cluster.</param>
    /// <param name="followed">The kinds whose changes count, as <c>plural.group</c>.</param>
    /// <param name="work">Brings all to what it should be, and leaves alone what is so.</param>
    /// <param name="isBegun">Whether there may be something to do from the beginning on.</param>
    public ChangeLoop(SimulatedCluster cluster, IReadOnlySet<string> followed, Action work, bool isBegun = false)
    {
        (_cluster, _followed, _work) = (cluster, followed, work);
        cluster.Store.Changed += Follow;
        if (isBegun) _changes.Writer.TryWrite(true);
        _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _cluster.Store.Changed -= Follow;
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    // Called under the store's gate. One signal that waits stands for all that come meanwhile.
    private void Follow(Collection collection, StoreEvent change)
    {
        if (_followed.Contains(collection.Name)) _changes.Writer.TryWrite(true);
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (bool _ in _changes.Reader.ReadAllAsync(_stop.Token)) _work();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }
}
