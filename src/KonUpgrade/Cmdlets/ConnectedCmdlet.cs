using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using KonUpgrade.Operations;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that connects to clusters.</summary>
public abstract class ConnectedCmdlet : LoginCmdlet
{
    /// <summary>The kubeconfig, or several.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KubeConfigPath { get; set; }

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
    private protected ClusterRequest RequestFor(ClusterContext? cluster) => RequestFor(cluster, KubeConfigPath);
}
