using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>Counts the clusters of a seed as they come.</summary>
/// <param name="target">The version that they are to be reconciled by; null where nobody knows it.</param>
/// <param name="now">The time.</param>
/// <param name="failingAfter">How long one may be in progress before it counts as failing.</param>
internal sealed class LoadTally(string? target, DateTimeOffset now, TimeSpan failingAfter)
{
    private readonly int[] _counts = new int[Enum.GetValues<ReconcileClass>().Length];
    private readonly List<string> _failing = [];
    private readonly List<string> _blocking = [];
    private int _occupied;

    /// <summary>Counts one.</summary>
    public ReconcileState Count(UserCluster cluster)
    {
        var state = ReconcileState.Of(cluster, target, now, failingAfter);
        _counts[(int)state.Class]++;
        if (state.Occupies)
            _occupied++;
        if (state.Fails is not null)
            _failing.Add(cluster.Name);
        if (state.Blocks is not null)
            _blocking.Add(cluster.Name);
        return state;
    }

    /// <summary>The load of a seed with what was counted.</summary>
    public SeedReconcileLoad On(SeedReconcileLoad load) => load with
    {
        Done = _counts[(int)ReconcileClass.Done],
        InProgress = _counts[(int)ReconcileClass.InProgress],
        Waiting = _counts[(int)ReconcileClass.Waiting],
        Excluded = _counts[(int)ReconcileClass.Excluded],
        OccupiedSlots = _occupied,
        FailingClusters = [.. _failing.Order(StringComparer.Ordinal)],
        BlockingClusters = [.. _blocking.Order(StringComparer.Ordinal)],
    };
}
