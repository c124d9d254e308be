using KonUpgrade.Engine.Connections;

namespace KonUpgrade.Operations;

/// <summary>The way to a cluster, before anything was opened.</summary>
/// <param name="Context">The context's name, or null for the current one.</param>
/// <param name="KubeConfigPath">The kubeconfig, or null for the usual place.</param>
/// <param name="NoExecPlugin">Whether no program may be started to log in.</param>
internal sealed record ClusterRequest(string? Context, string? KubeConfigPath, bool NoExecPlugin)
{
    /// <summary>The session's directory, in which relative paths of <c>$KUBECONFIG</c> begin; null where the kubeconfig is named.</summary>
    public string? Location { get; init => field = KubeConfigPath is null ? value : null; }

    /// <summary>The managed cluster that is meant; null for a context.</summary>
    public ManagedCluster? Managed { get; init; }

    /// <summary>The way to a managed cluster, which needs no kubeconfig.</summary>
    public static ClusterRequest Of(ClusterContext context, bool noExecPlugin) => new(context.Name, KubeConfigPath: null, noExecPlugin) { Managed = context.Managed };

    /// <summary>How connections are made.</summary>
    public ConnectionOptions Options => new() { Exec = NoExecPlugin ? ExecPolicy.Forbid : ExecPolicy.Allow };

    /// <summary>Opens the cluster. The caller disposes of it.</summary>
    public Task<ClusterConnection> OpenAsync(IReporter reporter, CancellationToken cancellationToken) =>
        ClusterConnection.OpenAsync(
            new ClusterTarget(Context, KubeConfigPath) { Managed = Managed, Location = Location },
            Options,
            reporter,
            cancellationToken);
}
