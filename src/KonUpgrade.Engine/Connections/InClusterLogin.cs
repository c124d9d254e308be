using System.Security.Cryptography.X509Certificates;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>The login that every pod has: the service account's token and authority in files, the server in the environment.</summary>
internal static class InClusterLogin
{
    /// <summary>The name under which the cluster around the process is meant, where no kubeconfig has a context of that name.</summary>
    public const string ContextName = "in-cluster";

    private const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    public static InClusterFiles? Find() => Find(Environment.GetEnvironmentVariable, Folder);

    internal static InClusterFiles? Find(Func<string, string?> environment, string folder)
    {
        var host = environment("KUBERNETES_SERVICE_HOST");
        var port = environment("KUBERNETES_SERVICE_PORT");
        var token = Path.Combine(folder, "token");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists(token))
            return null;
        var ns = Path.Combine(folder, "namespace");
        return new InClusterFiles(
            $"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}", token, Path.Combine(folder, "ca.crt"),
            File.Exists(ns) ? File.ReadAllText(ns).Trim() : null);
    }

    public static ClusterContext Context(bool isCurrent) => Context(Find()!, isCurrent);

    internal static ClusterContext Context(InClusterFiles files, bool isCurrent) => new()
    {
        Name = ContextName,
        KubeConfigPath = "",
        Namespace = files.Namespace,
        Server = files.Server,
        Login = "ServiceAccount",
        IsCurrent = isCurrent,
    };

    public static ClusterEndpoint Endpoint(ConnectionOptions options) => Endpoint(Find()!, options);

    internal static ClusterEndpoint Endpoint(InClusterFiles files, ConnectionOptions options)
    {
        X509Certificate2Collection? authorities = null;
        if (File.Exists(files.CertificateAuthority))
        {
            authorities = [];
            authorities.ImportFromPemFile(files.CertificateAuthority);
        }
        return new ClusterEndpoint
        {
            Name = ContextName,
            Server = new Uri(files.Server),
            CertificateAuthorities = authorities,
            Login = new TokenFileLogin(files.Token, null, "service account token of the pod", null, options.Time),
            RequestTimeout = options.RequestTimeout,
            Retry = options.Retry,
            Time = options.Time,
            BeforeChange = options.BeforeChange,
        };
    }
}

/// <summary>Where a pod finds its login.</summary>
internal sealed record InClusterFiles(string Server, string Token, string CertificateAuthority, string? Namespace);
