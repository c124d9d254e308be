using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using KonUpgrade.Operations;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that logs in anywhere.</summary>
public abstract class LoginCmdlet : EngineCmdlet
{
    /// <summary>Whether no program may be started to log in.</summary>
    [Parameter]
    public SwitchParameter NoExecPlugin { get; set; }

    /// <summary>The certificates, as the command line names them; null where it names none.</summary>
    private protected GivenCertificates? CertificatesOf(object[]? given, SecureString? password)
    {
        if (given is null)
            return null;
        var certificates = new List<object>();
        foreach (var one in given)
        {
            if (one is not string path)
            {
                certificates.Add(one);
                continue;
            }

            var resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            // A path of another provider may lead into a store of certificates.
            certificates.Add(provider.Name == "FileSystem" ? resolved : InvokeProvider.Item.Get(path).Select(item => item.BaseObject).OfType<X509Certificate2>().FirstOrDefault() ?? (object)ResolvePath(path));
        }

        return new GivenCertificates(certificates, password);
    }

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
