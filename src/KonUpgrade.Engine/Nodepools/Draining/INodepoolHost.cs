using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining;

/// <summary>Whoever drains a pool: is told how it goes, and answers for the script block that decides between batches.</summary>
public interface INodepoolHost : IReporter
{
    /// <summary>Runs the script block that says whether the next batch may begin.</summary>
    /// <returns>Whether it may; null where no script block was given, so that the built-in check decides.</returns>
    Task<bool?> IsHealthyAsync(NodepoolBatch batch, CancellationToken cancellationToken);
}
