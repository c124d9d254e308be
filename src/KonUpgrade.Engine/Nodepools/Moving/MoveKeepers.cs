using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Moving;

/// <summary>Which of a cluster's keepers moves a pool.</summary>
public static class MoveKeepers
{
    /// <summary>The one that keeps the pool; where it is gone, the one that keeps another that replaces it; else the first.</summary>
    /// <param name="keepers">The keepers, the one first who is asked first.</param>
    /// <param name="name">The pool's name.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null where there is no keeper.</returns>
    /// <exception cref="UpgradeException">A keeper can't be asked.</exception>
    public static async Task<INodepoolKeeper?> OfAsync(IReadOnlyList<INodepoolKeeper> keepers, string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keepers);
        if (keepers.Count < 2)
            return keepers.Count > 0 ? keepers[0] : null;
        INodepoolKeeper? replacing = null;
        foreach (var keeper in keepers)
        {
            var pools = await keeper.ListAsync(cancellationToken).ConfigureAwait(false);
            if (pools.Any(pool => pool.Name == name))
                return keeper;
            if (replacing is null && pools.Any(pool => MoveMark.On(pool)?.Name == name))
                replacing = keeper;
        }
        return replacing ?? keepers[0];
    }
}
