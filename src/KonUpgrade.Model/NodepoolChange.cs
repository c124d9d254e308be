namespace KonUpgrade.Model;

/// <summary>What became of a pool that was to be suspended, resumed or removed. One comes out for each, when it is final.</summary>
public sealed record NodepoolChange
{
    /// <summary>The cluster's context.</summary>
    public string? Context { get; init; }

    /// <summary>The identity of the cluster: the UID of its kube-system namespace.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>The pool's name.</summary>
    public required string Name { get; init; }

    /// <summary>Who keeps the pool.</summary>
    public required string Provider { get; init; }

    /// <summary>What its provider knows it by; null where only labels make it.</summary>
    public string? Id { get; init; }

    /// <summary>The label selector of its nodes.</summary>
    public required string Selector { get; init; }

    /// <summary>What was done.</summary>
    public required NodepoolChangeAction Action { get; init; }

    /// <summary>Its nodes, by name, with what became of each.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<NodeChange> Nodes { get; init => field = value.ToArray(); } = Array.Empty<NodeChange>();

    /// <summary>How many nodes it has.</summary>
    public int NodeCount => Nodes.Count;

    /// <summary>How many nodes are as they were to be.</summary>
    public int DoneCount => Nodes.Count(node => node.Action is NodeChangeAction.Drained or NodeChangeAction.Resumed or NodeChangeAction.Unchanged or NodeChangeAction.Gone);

    /// <summary>How many pods went.</summary>
    public int PodCount => Nodes.Sum(node => node.GoneCount);

    /// <summary>The most nodes that the pool could have before; null where that was not changed.</summary>
    public int? MaxSizeBefore { get; init; }

    /// <summary>The most nodes that the pool can have now; null where that was not changed.</summary>
    public int? MaxSizeAfter { get; init; }

    /// <summary>When it was begun.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why nothing was done, or what else is worth knowing.</summary>
    public string? Reason { get; init; }

    /// <summary>What went wrong first, when <see cref="Action"/> is Failed; each node has its own.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Whether its removal was begun, so that it is on its way out and can't be given back.</summary>
    internal bool IsRemovalBegun { get; init; }

    /// <summary>The managed cluster that it is of, with its login; it does not go along through jobs, sessions or files.</summary>
    internal ManagedCluster? Managed { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Action}";
}

/// <summary>What became of a pool.</summary>
public enum NodepoolChangeAction
{
    /// <summary>Its nodes are cordoned and drained.</summary>
    Suspended,

    /// <summary>What was ours to change is as it was before.</summary>
    Resumed,

    /// <summary>It is removed, or being removed where nobody waited for its end.</summary>
    Removed,

    /// <summary>It was as it was to be.</summary>
    Unchanged,

    /// <summary>It was not drained wholly, and what was changed for it is put back.</summary>
    Restored,

    /// <summary>It is not, or not wholly, as it was to be.</summary>
    Failed,
}

/// <summary>What became of a node of a pool.</summary>
public sealed record NodeChange
{
    /// <summary>The node's name.</summary>
    public required string Name { get; init; }

    /// <summary>What was done.</summary>
    public required NodeChangeAction Action { get; init; }

    /// <summary>The pods that were on it and were meant, with what became of each.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<DrainedPod> Pods { get; init => field = value.ToArray(); } = Array.Empty<DrainedPod>();

    /// <summary>How many of its pods went.</summary>
    public int GoneCount => Pods.Count(pod => pod.Outcome == DrainOutcome.Gone);

    /// <summary>How many of its pods did not go and should have.</summary>
    public int FailedCount => Pods.Count(pod => pod.Outcome == DrainOutcome.Failed);

    /// <summary>How long its pods took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What went wrong, each cause once.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<Failure> Failures { get; init => field = value.ToArray(); } = Array.Empty<Failure>();

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Action}";
}

/// <summary>What became of a node.</summary>
public enum NodeChangeAction
{
    /// <summary>It is cordoned, and what was to go is gone.</summary>
    Drained,

    /// <summary>It is cordoned, and its pods were not begun with.</summary>
    Cordoned,

    /// <summary>It takes pods again, as far as it did before.</summary>
    Resumed,

    /// <summary>It was as it was to be.</summary>
    Unchanged,

    /// <summary>It is no longer there.</summary>
    Gone,

    /// <summary>It is not as it was to be.</summary>
    Failed,
}
