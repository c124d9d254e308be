using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>Which cluster is meant.</summary>
/// <param name="Context">A context's name, or null for the current one: only what reads may leave it to that.</param>
/// <param name="KubeConfigPath">The kubeconfig; null for <c>$KUBECONFIG</c>, then <c>~/.kube/config</c>.</param>
public sealed record ClusterTarget(string? Context, string? KubeConfigPath)
{
    /// <summary>The directory in which relative paths of <c>$KUBECONFIG</c> begin; null for the process's own.</summary>
    public string? Location { get; init; }

    /// <summary>The managed cluster that is meant; no kubeconfig is read then. Null for a context.</summary>
    public ManagedCluster? Managed { get; init; }
}
