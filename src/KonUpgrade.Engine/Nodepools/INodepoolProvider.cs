using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools;

/// <summary>Who keeps pools of nodes: a cloud's node groups, a system's own objects, or labels alone.</summary>
public interface INodepoolProvider
{
    /// <summary>Its name, as pools carry it: <c>Labels</c>.</summary>
    string Name { get; }

    /// <summary>The pools, by name, each with its nodes and with what can be done with it.</summary>
    /// <exception cref="UpgradeException">The cluster or the service can't be asked.</exception>
    Task<IReadOnlyList<Nodepool>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Keeps a pool from growing back while it is drained: its most nodes become those that it has. What they were is kept
    /// where the provider itself keeps the pool, so that another process can undo it. Doing it twice keeps what was first.
    /// </summary>
    /// <returns>What was changed; null where the provider can't, or nothing had to be.</returns>
    Task<NodepoolGrowth?> HoldGrowthAsync(Nodepool pool, CancellationToken cancellationToken);

    /// <summary>Gives a pool back the most nodes that it could have before; nothing where they were not ours to change.</summary>
    /// <returns>What was changed; null for nothing.</returns>
    Task<NodepoolGrowth?> ReleaseGrowthAsync(Nodepool pool, CancellationToken cancellationToken);
}

/// <summary>A change of the most nodes that a pool can have.</summary>
/// <param name="Before">How many it could have.</param>
/// <param name="After">How many it can have.</param>
public sealed record NodepoolGrowth(int Before, int After);
