namespace KonUpgrade.Model;

/// <summary>What became of a pool whose work was to go to a new one; with -WhatIf, what would.</summary>
public sealed record NodepoolMove
{
    /// <summary>The cluster's context.</summary>
    public string? Context { get; init; }

    /// <summary>The identity of the cluster: the UID of its kube-system namespace.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>The old pool's name.</summary>
    public required string Name { get; init; }

    /// <summary>The new pool's name.</summary>
    public required string NewName { get; init; }

    /// <summary>Who keeps both.</summary>
    public required string Provider { get; init; }

    /// <summary>What was done.</summary>
    public required NodepoolMoveAction Action { get; init; }

    /// <summary>The steps, in their order.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<NodepoolMoveStep> Steps { get; init => field = value.ToArray(); } = Array.Empty<NodepoolMoveStep>();

    /// <summary>What the new pool is made with; null where the old one was gone before.</summary>
    public NodepoolShape? Shape { get; init; }

    /// <summary>In what the new pool, which was there before, is otherwise than was asked for now; nothing of it is changed.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> Differences { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The new pool as it was last seen; null while it is not there.</summary>
    public Nodepool? NewNodepool { get; init; }

    /// <summary>What draining the old one does, as far as it could be seen beforehand.</summary>
    public NodepoolDrainPlan? Plan { get; init; }

    /// <summary>What became of the old one's nodes and pods; null where they were not begun with.</summary>
    public NodepoolChange? Drain { get; init; }

    /// <summary>When it was begun.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Why nothing was done, or what else is worth knowing.</summary>
    public string? Reason { get; init; }

    /// <summary>What went wrong, when <see cref="Action"/> is Failed; of a plan, what stands against it already.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Whether the same command carries on with it as it is. Where not, <see cref="Failure"/> says what must be done first.</summary>
    public bool IsResumable { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} to {NewName}: {Action}";
}

/// <summary>What became of a move.</summary>
public enum NodepoolMoveAction
{
    /// <summary>Nothing yet: it is a plan.</summary>
    Planned,

    /// <summary>The new pool does the work, and the old one is gone.</summary>
    Moved,

    /// <summary>The new pool does the work, and the old one stays, cordoned and empty.</summary>
    Kept,

    /// <summary>It was done before.</summary>
    Unchanged,

    /// <summary>It was not done to its end.</summary>
    Failed,
}

/// <summary>A step of a move.</summary>
public sealed record NodepoolMoveStep
{
    /// <summary>Which.</summary>
    public required NodepoolMoveStepName Name { get; init; }

    /// <summary>How it stands.</summary>
    public required NodepoolMoveStepState State { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What it did, or found.</summary>
    public string? Detail { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {State}";
}

/// <summary>The steps of a move, in their order.</summary>
public enum NodepoolMoveStepName
{
    /// <summary>The new pool is made.</summary>
    Create,

    /// <summary>Its nodes are ready.</summary>
    Ready,

    /// <summary>The old pool is kept from growing, cordoned and drained.</summary>
    Drain,

    /// <summary>What ran on it is available again, and nothing is left on it that must not end.</summary>
    Verify,

    /// <summary>The old pool and its nodes are removed.</summary>
    Remove,
}

/// <summary>How a step stands.</summary>
public enum NodepoolMoveStepState
{
    /// <summary>It is to be done.</summary>
    Planned,

    /// <summary>It was done now.</summary>
    Done,

    /// <summary>It was so before.</summary>
    Unchanged,

    /// <summary>It was not asked for.</summary>
    Skipped,

    /// <summary>It was begun, and not done to its end.</summary>
    Failed,
}
