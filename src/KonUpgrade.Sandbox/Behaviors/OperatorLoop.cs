using System.Threading.Channels;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>Sets operators to work whenever something changes that they look after.</summary>
internal sealed class OperatorLoop : IAsyncDisposable
{
    private readonly SimulatedCluster _cluster;
    private readonly IReadOnlySet<string> _followed;
    private readonly IReadOnlyList<SimulatedOperator> _operators;
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="cluster">The cluster.</param>
    /// <param name="followed">The kinds whose changes count, as <c>plural.group</c>.</param>
    /// <param name="operators">Who works, one after the other.</param>
    public OperatorLoop(SimulatedCluster cluster, IReadOnlySet<string> followed, IReadOnlyList<SimulatedOperator> operators)
    {
        (_cluster, _followed, _operators) = (cluster, followed, operators);
        cluster.Store.Changed += Follow;
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
            await foreach (bool _ in _changes.Reader.ReadAllAsync(_stop.Token))
            {
                foreach (SimulatedOperator one in _operators) Work(one);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private void Work(SimulatedOperator one)
    {
        try
        {
            if (one.IsRunning) one.Work();
        }
        catch (ApiError refused)
        {
            // As a real controller does: what the server refuses now, it may take later.
            _cluster.Settings.Log.WriteLine($"{_cluster.Name}: {one.GetType().Name}: {refused.Message}");
        }
    }
}
