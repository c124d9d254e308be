using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Behaviors;

/// <summary>Sets operators to work whenever something changes that they look after.</summary>
internal sealed class OperatorLoop : IAsyncDisposable
{
    private readonly SimulatedCluster _cluster;
    private readonly ChangeLoop _loop;

    /// <param name="cluster">The cluster.</param>
    /// <param name="followed">The kinds whose changes count, as <c>plural.group</c>.</param>
    /// <param name="operators">Who works, one after the other.</param>
    public OperatorLoop(SimulatedCluster cluster, IReadOnlySet<string> followed, IReadOnlyList<SimulatedOperator> operators)
    {
        _cluster = cluster;
        _loop = new ChangeLoop(cluster, followed, () =>
        {
            foreach (SimulatedOperator one in operators) Work(one);
        });
    }

    public ValueTask DisposeAsync() => _loop.DisposeAsync();

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
