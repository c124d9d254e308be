using KonUpgrade.Engine.Foundation.Texts;

namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>What a user cluster is to the load of its seed.</summary>
internal enum ReconcileClass
{
    /// <summary>It is wholly reconciled by the target version.</summary>
    Done,

    /// <summary>Workloads of its control plane are not as they are to be.</summary>
    InProgress,

    /// <summary>It runs, and waits for a slot or for one of the controllers.</summary>
    Waiting,

    /// <summary>Nobody reconciles it: it is paused, being deleted, or a developer's own.</summary>
    Excluded,
}

/// <summary>
/// How far a user cluster has come with a version. Each of the required conditions carries the version of the controller
/// that last wrote it, and another controller may have written one of them: so each is looked at.
/// </summary>
/// <param name="Class">What it is to the load.</param>
/// <param name="Fails">Why it fails, in words for people; null where it does not.</param>
/// <param name="Occupies">Whether it occupies a slot: the seed counts every cluster that is not up to date, whoever works on it.</param>
/// <param name="Blocks">Why it occupies its slot for ever; null where it does not.</param>
internal sealed record ReconcileState(ReconcileClass Class, string? Fails, bool Occupies, string? Blocks)
{
    private static readonly string[] s_vital = ["apiserver", "etcd"];

    /// <summary>Looks at a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="target">The version that it is to be reconciled by; null where nobody knows it: then none is done.</param>
    /// <param name="now">The time.</param>
    /// <param name="failingAfter">How long it may be in progress before it counts as failing.</param>
    public static ReconcileState Of(UserCluster cluster, string? target, DateTimeOffset now, TimeSpan failingAfter)
    {
        var occupies = !cluster.Is(UserCluster.UpToDate);
        var state = ClassOf(cluster, target);
        return new ReconcileState(state, state == ReconcileClass.Excluded ? null : WhyFailing(cluster, state, now, failingAfter), occupies, occupies ? WhyForEver(cluster) : null);
    }

    private static ReconcileClass ClassOf(UserCluster cluster, string? target)
    {
        if (cluster.IsPaused || cluster.IsDeleting || cluster.WorkerName is not null)
            return ReconcileClass.Excluded;
        if (!cluster.Is(UserCluster.UpToDate))
            return ReconcileClass.InProgress;
        return target is not null && UserCluster.Required.All(name => cluster.Conditions.TryGetValue(name, out var one) && one.IsTrue && one.Version == target)
            ? ReconcileClass.Done
            : ReconcileClass.Waiting;
    }

    // Whoever is paused does not update its conditions, and nobody but its developer works on one with a worker's name.
    private static string? WhyForEver(UserCluster cluster) =>
        cluster.IsPaused ? cluster.PauseReason is { } reason ? $"it is paused ({reason})" : "it is paused"
        : cluster.WorkerName is { } worker ? $"it is left to the worker {worker}"
        : null;

    private static string? WhyFailing(UserCluster cluster, ReconcileClass state, DateTimeOffset now, TimeSpan failingAfter)
    {
        if (cluster.ErrorReason is { } error)
            return cluster.ErrorMessage is { Length: > 0 } message ? $"{error}: {message}" : error;
        var down = s_vital.Where(part => cluster.Health.GetValueOrDefault(part) == PartHealth.Down).ToList();
        if (down.Count > 0)
            return $"{NameList.Some(down)} down";
        if (state != ReconcileClass.InProgress)
            return null;
        // One that was never reconciled has no condition yet.
        var since = cluster.Conditions.TryGetValue(UserCluster.UpToDate, out var condition) ? condition.Since : cluster.Created;
        return since is { } begun && now - begun > failingAfter ? $"in progress since {begun.UtcDateTime:yyyy-MM-dd HH:mm}Z" : null;
    }
}
