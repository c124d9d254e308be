namespace KonUpgrade.Model;

/// <summary>Nodes that belong together, and what can be done with them.</summary>
public sealed record Nodepool
{
    /// <summary>The cluster's context.</summary>
    public string? Context { get; init; }

    /// <summary>The identity of the cluster that it was read from: the UID of its kube-system namespace; null where it may not be read.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>The pool's name.</summary>
    public required string Name { get; init; }

    /// <summary>Who keeps the pool: <c>EKS</c>, <c>Konstellation</c>, or <c>Labels</c> for nodes that only a label makes one.</summary>
    public required string Provider { get; init; }

    /// <summary>What its provider knows it by, and no other pool ever: the ARN of a node group; null where only labels make it, or it is announced and not made yet.</summary>
    public string? Id { get; init; }

    /// <summary>The label selector that all nodes of the pool fit, and no others.</summary>
    public required string Selector { get; init; }

    /// <summary>What the provider can do with it.</summary>
    public NodepoolOffers Offers { get; init; }

    /// <summary>How it is used.</summary>
    public NodepoolState State { get; init; }

    /// <summary>How it stands with its provider, in the provider's words: <c>ACTIVE</c>, <c>CREATE_FAILED</c>; <c>NO_NODEGROUP</c> of a Nodepool of Konstellation alone; null where only labels make it.</summary>
    public string? Status { get; init; }

    /// <summary>What its provider says is wrong with it.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> Issues { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>How it was made; null where only labels make it.</summary>
    public NodepoolShape? Shape { get; init; }

    /// <summary>Its nodes, by name.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<NodepoolNode> Nodes { get; init => field = value.ToArray(); } = Array.Empty<NodepoolNode>();

    /// <summary>How many nodes it has.</summary>
    public int NodeCount => Nodes.Count;

    /// <summary>How many of its nodes are ready.</summary>
    public int ReadyCount => Nodes.Count(node => node.IsReady);

    /// <summary>How many of its nodes are cordoned, by whomever.</summary>
    public int CordonedCount => Nodes.Count(node => node.IsCordoned);

    /// <summary>The fewest nodes that it may have; null where the provider does not say.</summary>
    public int? MinSize { get; init; }

    /// <summary>The most nodes that it may have; null where the provider does not say.</summary>
    public int? MaxSize { get; init; }

    /// <summary>How many nodes it is to have now; null where the provider does not say.</summary>
    public int? DesiredSize { get; init; }

    /// <summary>The kubelets' versions, each once.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> Version { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The instance types of its nodes, each once.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> InstanceType { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The zones that it is in, each once.</summary>
    /// <remarks>An array: scripts index it.</remarks>
    public IReadOnlyList<string> Zone { get; init => field = value.ToArray(); } = Array.Empty<string>();

    /// <summary>The managed cluster that it is of, with its login; it does not go along through jobs, sessions or files.</summary>
    internal ManagedCluster? Managed { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A node of a pool.</summary>
public sealed record NodepoolNode
{
    /// <summary>The node's name.</summary>
    public required string Name { get; init; }

    /// <summary>The node's UID.</summary>
    public string? Uid { get; init; }

    /// <summary>Whether its kubelet says that it is ready.</summary>
    public bool IsReady { get; init; }

    /// <summary>Whether it takes no new pods, whoever cordoned it.</summary>
    public bool IsCordoned { get; init; }

    /// <summary>Whether it says that it was suspended by us, and what it was before.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>Its kubelet's version.</summary>
    public string? Version { get; init; }

    /// <summary>Its instance type, where a label says it.</summary>
    public string? InstanceType { get; init; }

    /// <summary>Its zone, where a label says it.</summary>
    public string? Zone { get; init; }

    /// <summary>When it joined.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>What its cloud calls it.</summary>
    public string? ProviderId { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>What can be done with a pool beside draining it. Values can be joined.</summary>
[Flags]
public enum NodepoolOffers
{
    /// <summary>Nothing: its nodes come and go by other hands.</summary>
    None = 0,

    /// <summary>Pools can be made.</summary>
    Create = 1,

    /// <summary>The pool can be removed.</summary>
    Remove = 2,

    /// <summary>Its size can be changed, and its most nodes.</summary>
    Resize = 4,

    /// <summary>It can be brought to another version.</summary>
    Update = 8,
}

/// <summary>How a pool is used.</summary>
public enum NodepoolState
{
    /// <summary>Its nodes take pods.</summary>
    Active,

    /// <summary>Some of its nodes take no new pods.</summary>
    PartlyCordoned,

    /// <summary>None of its nodes takes new pods.</summary>
    Cordoned,

    /// <summary>All of its nodes were suspended by us.</summary>
    Suspended,

    /// <summary>It has no nodes.</summary>
    Empty,
}
