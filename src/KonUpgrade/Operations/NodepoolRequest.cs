namespace KonUpgrade.Operations;

/// <summary>Which pools of a cluster are meant.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Aws">As whom, and where, its service is asked.</param>
/// <param name="Names">Their names.</param>
internal sealed record NodepoolRequest(ClusterRequest Cluster, AwsRequest Aws, IReadOnlyList<NamePattern> Names)
{
    /// <summary>The label selector that makes the pool; null for none.</summary>
    public string? Selector { get; init; }

    /// <summary>The one provider whose pools are meant; null for all.</summary>
    public string? Provider { get; init; }

    /// <summary>Whether the command line names the cluster; else the pool that came in does.</summary>
    public bool IsClusterGiven { get; init; }

    /// <summary>The one that came in; null where the command line describes them.</summary>
    public NodepoolTarget? Target { get; init; }
}
