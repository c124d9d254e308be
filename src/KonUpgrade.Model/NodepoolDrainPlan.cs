namespace KonUpgrade.Model;

/// <summary>What draining the nodes of a pool would do, by what the cluster held when it was looked at. Nothing was changed for it.</summary>
public sealed record NodepoolDrainPlan
{
    /// <summary>The cluster's context.</summary>
    public string? Context { get; init; }

    /// <summary>The pool's name.</summary>
    public required string Nodepool { get; init; }

    /// <summary>The nodes, by name.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public required IReadOnlyList<DrainedNode> Nodes { get; init => field = value.ToArray(); }

    /// <summary>Every pod on them that was asked for, by node, namespace and name.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public required IReadOnlyList<DrainedPod> Pods { get; init => field = value.ToArray(); }

    /// <summary>The budgets that will hold things up, by namespace and name.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<DrainBudget> Budgets { get; init => field = value.ToArray(); } = Array.Empty<DrainBudget>();

    /// <summary>What else is surprising.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> Warnings { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>Why nothing at all is to be drained; null where nothing stands against it.</summary>
    public Failure? Failure { get; init; }

    /// <summary>How many pods are to be evicted.</summary>
    public int EvictCount => Count(DrainAction.Evict);

    /// <summary>How many pods are to be deleted without a budget being asked.</summary>
    public int DeleteCount => Count(DrainAction.Delete);

    /// <summary>How many pods are left where they are.</summary>
    public int LeaveCount => Count(DrainAction.Leave);

    /// <summary>How many pods may not go.</summary>
    public int RefusedCount => Count(DrainAction.Refused);

    /// <summary>How many pods find, or may find, no place on the nodes that stay.</summary>
    public int HomelessCount => Pods.Count(pod => pod.Place is PodPlace.None or PodPlace.Doubtful);

    private int Count(DrainAction action) => Pods.Count(pod => pod.Action == action);
}

/// <summary>A node that is to be drained, or was.</summary>
public sealed record DrainedNode
{
    /// <summary>The node's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it was cordoned before.</summary>
    public bool IsCordoned { get; init; }

    /// <summary>How many of its pods are to go.</summary>
    public int PodCount { get; init; }

    /// <summary>Why none of its pods is touched, grouped by the reason; empty where nothing stands against it.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<Failure> Failures { get; init => field = value.ToArray(); } = Array.Empty<Failure>();

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A pod on a node that is drained: what is to become of it, and what did.</summary>
public sealed record DrainedPod
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The pod's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The pod's name.</summary>
    public required string Name { get; init; }

    /// <summary>The pod's UID.</summary>
    public string? Uid { get; init; }

    /// <summary>The controller that owns it, as <c>ReplicaSet web-5d8</c>; null where none does.</summary>
    public string? Owner { get; init; }

    /// <summary>What is to be done with it.</summary>
    public required DrainAction Action { get; init; }

    /// <summary>What became of it.</summary>
    public DrainOutcome Outcome { get; init; }

    /// <summary>Why: the last word of the rules that looked at it; null where they had none.</summary>
    public string? Reason { get; init; }

    /// <summary>What any of the rules warned of, such as data that goes with the pod.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> Warnings { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The budgets that select it, and that its eviction asks.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> Budgets { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>Whether the nodes that stay have a place for what comes instead of it.</summary>
    public PodPlace Place { get; init; }

    /// <summary>Why they have none, or may have none.</summary>
    public string? PlaceReason { get; init; }

    /// <summary>Whether it is room alone that they lack: one more node like them may have it.</summary>
    public bool LacksRoomOnly { get; init; }

    /// <summary>Why it may not go, or did not.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Since when it was waited for, where it did not go.</summary>
    public DateTimeOffset? WaitedSince { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}/{Name}";
}

/// <summary>What a drain does with a pod.</summary>
public enum DrainAction
{
    /// <summary>It is evicted: its budget is asked.</summary>
    Evict,

    /// <summary>It is deleted, whatever its budget says.</summary>
    Delete,

    /// <summary>It stays where it is.</summary>
    Leave,

    /// <summary>It may not go.</summary>
    Refused,
}

/// <summary>What became of a pod.</summary>
public enum DrainOutcome
{
    /// <summary>Nothing yet.</summary>
    Planned,

    /// <summary>It is gone.</summary>
    Gone,

    /// <summary>It stays where it is.</summary>
    Left,

    /// <summary>It did not go.</summary>
    Failed,
}

/// <summary>Whether what comes instead of a pod finds a place on the nodes that stay.</summary>
public enum PodPlace
{
    /// <summary>Nothing comes instead of it, or the pod stays.</summary>
    NotNeeded,

    /// <summary>A node has a place for it, as far as can be seen.</summary>
    Found,

    /// <summary>It may find none: the scheduler looks at more than requests, or others are before it.</summary>
    Doubtful,

    /// <summary>No node that stays takes it as it is.</summary>
    None,
}

/// <summary>A PodDisruptionBudget that holds a drain up.</summary>
public sealed record DrainBudget
{
    /// <summary>The budget's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The budget's name.</summary>
    public required string Name { get; init; }

    /// <summary>How many healthy pods it needs.</summary>
    public long Needed { get; init; }

    /// <summary>How many healthy pods it has.</summary>
    public long Have { get; init; }

    /// <summary>How many of its pods it lets go now.</summary>
    public long Allowed { get; init; }

    /// <summary>Whether it lets none go even when all of its pods are healthy.</summary>
    public bool IsBlocking { get; init; }

    /// <summary>The pods that ask it, as <c>node/pod</c>.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> Pods { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>How it holds them up.</summary>
    public required string Reason { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}/{Name}";
}
