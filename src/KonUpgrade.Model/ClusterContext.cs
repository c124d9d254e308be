namespace KonUpgrade.Model;

/// <summary>A context of a kubeconfig: a path and a name that lead to a cluster; or a managed cluster, which needs none. Holds no credentials.</summary>
public sealed record ClusterContext
{
    /// <summary>The context's name.</summary>
    public required string Name { get; init; }

    /// <summary>The kubeconfig's path, or several joined by the platform's path separator, as in <c>$KUBECONFIG</c>.</summary>
    public required string KubeConfigPath { get; init; }

    /// <summary>The name of the cluster entry that the context points to.</summary>
    public string? ClusterEntry { get; init; }

    /// <summary>The name of the user entry that the context points to.</summary>
    public string? User { get; init; }

    /// <summary>The context's default namespace, or null where it names none.</summary>
    public string? Namespace { get; init; }

    /// <summary>The API server's URL.</summary>
    public string? Server { get; init; }

    /// <summary>How the user logs in: <c>ClientCertificate</c>, <c>Token</c>, <c>Exec aws</c>, <c>Oidc</c> …</summary>
    public string? Login { get; init; }

    /// <summary>Whether it is the kubeconfig's current context.</summary>
    public bool IsCurrent { get; init; }

    /// <summary>The managed cluster that is meant; null for a context of a kubeconfig.</summary>
    public ManagedCluster? Managed { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
