using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Planning;

/// <summary>How nodes are drained. Names and meanings are kubectl's where it has them.</summary>
public sealed record DrainOptions
{
    /// <summary>Whether pods go whose emptyDir data goes with them.</summary>
    public bool DeleteEmptyDirData { get; init; }

    /// <summary>Whether pods go that no controller brings back.</summary>
    public bool Force { get; init; }

    /// <summary>Seconds that each pod gets to end; 0 ends it at once, a negative number leaves it the pod's own.</summary>
    public int GracePeriodSecond { get; init; } = -1;

    /// <summary>Whether pods are deleted and not evicted, so that no budget is asked.</summary>
    public bool DisableEviction { get; init; }

    /// <summary>A label selector for the pods that are meant, or null for all.</summary>
    public string? PodSelector { get; init; }

    /// <summary>Pods that should have been gone for longer than this are no longer waited for; zero waits for all.</summary>
    public TimeSpan SkipWaitForDeleteTimeout { get; init; }

    /// <summary>
    /// How long the pods of one node have; zero for as long as it takes. For one that its budget holds up it begins anew
    /// whenever the budget lets one go.
    /// </summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>How many nodes are drained at once; those do not count whose last pods only wait for their budgets. 56 with them at the most.</summary>
    public int ThrottleLimit { get; init; } = 8;

    /// <summary>How many nodes make a batch; null for all of them in one.</summary>
    public int? BatchSize { get; init; }

    /// <summary>What is waited between two batches.</summary>
    public TimeSpan BatchSoak { get; init; }

    /// <summary>How long the workloads that lost pods have, between two batches, to be available as they were.</summary>
    public TimeSpan HealthTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What becomes of the nodes when the time of one is over.</summary>
    public DrainTimeoutAction OnTimeout { get; init; }

    /// <summary>Whether nodes are drained after which nothing could run the pods of kube-system.</summary>
    public bool AllowLastPool { get; init; }
}
