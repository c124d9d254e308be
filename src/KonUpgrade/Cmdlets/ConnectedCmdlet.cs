using System.Management.Automation;
using KonUpgrade.Operations;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that connects to clusters.</summary>
public abstract class ConnectedCmdlet : LoginCmdlet
{
    /// <summary>The kubeconfig, or several.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KubeConfigPath { get; set; }

    /// <summary>The way to a cluster, as the command line says it.</summary>
    /// <param name="cluster">The cluster, or null for the current context.</param>
    private protected ClusterRequest RequestFor(ClusterContext? cluster) => RequestFor(cluster, KubeConfigPath);
}
