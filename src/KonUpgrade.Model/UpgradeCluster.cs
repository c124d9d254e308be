namespace KonUpgrade.Model;

/// <summary>A cluster of an upgrade: how it is reached, and which one it is.</summary>
public sealed record UpgradeCluster
{
    /// <summary>The name of the context.</summary>
    public required string Context { get; init; }

    /// <summary>The kubeconfig's path, or several joined by the platform's path separator; null for the one that the environment tells.</summary>
    public string? KubeConfigPath { get; init; }

    /// <summary>The cluster's identity: the UID of its kube-system namespace. A context that leads to another cluster by the time of a run ends it.</summary>
    public required string ClusterUid { get; init; }

    /// <summary>The API server's version when the plan was made, such as <c>v1.33.2</c>.</summary>
    public string? ServerVersion { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Context;
}
