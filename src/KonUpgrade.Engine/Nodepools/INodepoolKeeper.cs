using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools;

/// <summary>
/// A provider that makes pools, changes them and removes them. What changes something begins it and returns; the service
/// carries it out, and the waits tell how it ended. Before its first change it proves that the service's cluster is the one
/// that is connected. Each change carries a token by which the service knows it again when it is sent twice.
/// </summary>
public interface INodepoolKeeper : INodepoolProvider
{
    /// <summary>A pool as it is now, with its nodes.</summary>
    /// <returns>Null where none has the name.</returns>
    /// <exception cref="UpgradeException">The cluster or the service can't be asked.</exception>
    Task<Nodepool?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// What a new pool is made with: what is given, then what the copied pool has and may be copied, then what the cluster's
    /// other pools have in common. Nothing is written.
    /// </summary>
    /// <param name="name">The new pool's name.</param>
    /// <param name="given">What was asked for.</param>
    /// <param name="like">The pool that is copied, of this cluster or of another; null for none.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="mayExist">Whether a pool of the name may be there already: the one that an earlier call with the same token has begun to make.</param>
    /// <exception cref="UpgradeException">What is missing, or can't be: NodepoolNameInvalid, NodepoolExists, NodepoolShapeIncomplete, NodepoolSizeInvalid, LaunchTemplateElsewhere, SecurityGroupElsewhere and others.</exception>
    Task<NodepoolShape> CompleteAsync(string name, NodepoolShape given, Nodepool? like, CancellationToken cancellationToken, bool mayExist = false);

    /// <summary>Begins to make a pool.</summary>
    /// <param name="name">The name.</param>
    /// <param name="shape">What it is made with, as <see cref="CompleteAsync"/> gave it.</param>
    /// <param name="token">What makes the call one and the same when another process sends it again; null for a new one.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">NodepoolExists, or what the service says.</exception>
    Task CreateAsync(string name, NodepoolShape shape, string? token, CancellationToken cancellationToken);

    /// <summary>Begins to change how a pool is made: sizes, labels, taints, how it is updated.</summary>
    /// <returns>The id of the update, to wait for.</returns>
    /// <exception cref="UpgradeException">What the service says.</exception>
    Task<string> ConfigureAsync(Nodepool pool, NodepoolConfiguration change, CancellationToken cancellationToken);

    /// <summary>Begins to replace a pool's nodes by ones of another version.</summary>
    /// <returns>The id of the update, to wait for.</returns>
    /// <exception cref="UpgradeException">What the service says.</exception>
    Task<string> UpdateVersionAsync(Nodepool pool, NodepoolVersion version, CancellationToken cancellationToken);

    /// <summary>Begins to remove a pool with its nodes. One that is being removed, or is gone, is left alone.</summary>
    /// <exception cref="UpgradeException">What the service says.</exception>
    Task RemoveAsync(Nodepool pool, CancellationToken cancellationToken);

    /// <summary>Waits until the provider says that a pool is made, and as it should be.</summary>
    /// <exception cref="UpgradeException">It will not become so, or not in time; NodepoolNotFound.</exception>
    Task WaitActiveAsync(string name, NodepoolWaitOptions options, CancellationToken cancellationToken);

    /// <summary>Waits until an update has ended well.</summary>
    /// <exception cref="UpgradeException">It failed, or not in time.</exception>
    Task WaitUpdatedAsync(Nodepool pool, string updateId, NodepoolWaitOptions options, CancellationToken cancellationToken);

    /// <summary>Waits until a pool is gone: this one, whatever has its name since.</summary>
    /// <exception cref="UpgradeException">It can't be removed, or not in time.</exception>
    Task WaitRemovedAsync(Nodepool pool, NodepoolWaitOptions options, CancellationToken cancellationToken);
}

/// <summary>A change of how a pool is made. What is null stays as it is.</summary>
public sealed record NodepoolConfiguration
{
    /// <summary>The fewest nodes.</summary>
    public int? MinSize { get; init; }

    /// <summary>The most nodes.</summary>
    public int? MaxSize { get; init; }

    /// <summary>How many nodes it is to have now.</summary>
    public int? DesiredSize { get; init; }

    /// <summary>Labels that its nodes get; others stay.</summary>
    public IReadOnlyDictionary<string, string>? Label { get; init; }

    /// <summary>Keys of labels that its nodes lose.</summary>
    public IReadOnlyList<string>? RemoveLabel { get; init; }

    /// <summary>Taints that its nodes get; others stay.</summary>
    public IReadOnlyList<NodepoolTaint>? Taint { get; init; }

    /// <summary>Taints that its nodes lose.</summary>
    public IReadOnlyList<NodepoolTaint>? RemoveTaint { get; init; }

    /// <summary>How many nodes may be away at once while it is updated.</summary>
    public int? MaxUnavailable { get; init; }

    /// <summary>Which part of the nodes may be away at once while it is updated, in percent.</summary>
    public int? MaxUnavailablePercentage { get; init; }

    /// <summary><c>DEFAULT</c> (new nodes first) or <c>MINIMAL</c> (old nodes first).</summary>
    public string? UpdateStrategy { get; init; }

    /// <summary>Whether the provider repairs its nodes.</summary>
    public bool? NodeRepair { get; init; }
}

/// <summary>The version that a pool's nodes are to have.</summary>
public sealed record NodepoolVersion
{
    /// <summary>The minor version of Kubernetes; null for the cluster's own.</summary>
    public string? Version { get; init; }

    /// <summary>The version of the image; null for the newest.</summary>
    public string? ReleaseVersion { get; init; }

    /// <summary>The id of the launch template; null where it has none, or the one it has is named by its name.</summary>
    public string? LaunchTemplateId { get; init; }

    /// <summary>The name of the launch template.</summary>
    public string? LaunchTemplateName { get; init; }

    /// <summary>The version of the launch template.</summary>
    public string? LaunchTemplateVersion { get; init; }

    /// <summary>Whether pods that no budget lets go are ended by force.</summary>
    public bool Force { get; init; }
}

/// <summary>How long, and how often, a pool is waited for.</summary>
public sealed record NodepoolWaitOptions
{
    /// <summary>How long between two looks; the service's own number where it is null.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long altogether; the service's own number where it is null.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The activity that the waiting is a part of, for progress; or null.</summary>
    public string? ParentActivity { get; init; }
}
