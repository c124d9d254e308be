using System.Management.Automation;
using KonUpgrade.Operations;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that logs in anywhere.</summary>
public abstract class LoginCmdlet : EngineCmdlet
{
    /// <summary>Whether no program may be started to log in.</summary>
    [Parameter]
    public SwitchParameter NoExecPlugin { get; set; }

    /// <summary>The way to a cluster, as the command line says it.</summary>
    /// <param name="cluster">The cluster, or null for the current context.</param>
    /// <param name="kubeConfigPath">The kubeconfig that the command line names, or null.</param>
    private protected ClusterRequest RequestFor(ClusterContext? cluster, string? kubeConfigPath)
    {
        if (cluster is { Managed: not null })
            return ClusterRequest.Of(cluster, NoExecPlugin);
        var given = ResolveKubeConfig(kubeConfigPath);
        if (cluster is not { KubeConfigPath.Length: > 0 } context)
            return new ClusterRequest(cluster?.Name, given, NoExecPlugin) { Location = SessionLocation };
        if (given is not null && given != context.KubeConfigPath)
        {
            Fail(
                new Failure
                {
                    Id = "KubeConfigAmbiguous",
                    Kind = FailureKind.InvalidArgument,
                    Message = $"The context '{context.Name}' comes from '{context.KubeConfigPath}', and -KubeConfigPath names '{given}'.",
                    Recommendation = "Give the context's name with -KubeConfigPath, or the context object without it.",
                    Target = context.Name,
                },
                context);
        }

        return new ClusterRequest(context.Name, context.KubeConfigPath, NoExecPlugin);
    }
}
