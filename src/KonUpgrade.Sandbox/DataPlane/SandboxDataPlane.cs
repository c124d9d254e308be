using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.DataPlane;

/// <summary>The data plane of a cluster of the sandbox: nodes come and go here, and its clock is in the caller's hand.</summary>
public sealed class SandboxDataPlane
{
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedDataPlane _plane;

    internal SandboxDataPlane(SimulatedCluster cluster, SimulatedDataPlane plane)
    {
        _cluster = cluster;
        _plane = plane;
    }

    /// <summary>The time in the cluster.</summary>
    public DateTimeOffset Now => _plane.Clock.Now;

    /// <summary>How it behaves; can be changed while it runs, from the next event on.</summary>
    public DataPlaneSettings Settings
    {
        get => _plane.Settings;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _plane.Change(value);
        }
    }

    /// <summary>
    /// How many times a healthy Pod was taken from a PodDisruptionBudget that then had fewer than it needs: by an eviction,
    /// a deletion or the loss of a node. What controllers do, who scale and roll out past all budgets, is not counted here.
    /// </summary>
    public int BudgetViolations => _cluster.Disruptions.Count;

    /// <summary>Each time, those of controllers as well.</summary>
    public IReadOnlyList<BudgetViolation> Violations => _cluster.Disruptions.Violations;

    /// <summary>Begins to count anew.</summary>
    public void ForgetViolations() => _cluster.Disruptions.Clear();

    /// <summary>Adds a node; it is registered when this returns, and Ready when its time has come.</summary>
    /// <exception cref="SandboxException">There is one of this name, or the shape is no valid Node.</exception>
    public Task AddNodeAsync(NodeShape shape, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(shape);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            _plane.AddNode(shape);
        }
        catch (ApiError refused)
        {
            throw new SandboxException($"{_cluster.Name} refuses the node {shape.Name}: {refused.Message}", refused);
        }
        return Task.CompletedTask;
    }

    /// <summary>
    /// Takes a node away, as when its machine is terminated: nothing on it runs any more. Its Pods are collected as
    /// <see cref="DataPlaneSettings.NodeGoneAfter"/> says.
    /// </summary>
    /// <returns>False when there is none of this name.</returns>
    public Task<bool> RemoveNodeAsync(string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(_plane.RemoveNode(name));
    }

    /// <summary>Completes when nothing is left to do at this moment of the cluster's clock.</summary>
    public Task SettleAsync(CancellationToken cancellationToken = default) => _plane.SettleAsync().WaitAsync(cancellationToken);

    /// <summary>Moves the clock on; completes when all that falls into that time has happened, each at its moment.</summary>
    /// <param name="by">How far.</param>
    /// <param name="cancellationToken">Ends the wait; the clock goes on.</param>
    public Task AdvanceAsync(TimeSpan by, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        return _plane.AdvanceAsync(by).WaitAsync(cancellationToken);
    }
}
