using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>Makes the endpoint of a managed cluster: server and authority are what the service told, tokens are made with the login that it was got with.</summary>
internal static class ManagedEndpoint
{
    public static ClusterEndpoint Build(ManagedCluster cluster, ConnectionOptions options, IReporter reporter)
    {
        var context = cluster.ToContext();
        if (!Uri.TryCreate(cluster.Endpoint, UriKind.Absolute, out var server) || server.Scheme is not ("https" or "http"))
            throw NoEndpoint(cluster);
        if (server.Scheme == "http" && !server.IsLoopback)
            throw Unprotected(cluster);
        var tokens = EksTokenSource.Create(cluster.Id ?? cluster.Name, cluster.Region, LoginOf(cluster, options), options.Time, reporter);
        return new ClusterEndpoint
        {
            Name = context.Name,
            Server = server,
            CertificateAuthorities = Authorities(cluster),
            Login = new EksLogin(tokens, cluster.Name, null, options.Time),
            RequestTimeout = options.RequestTimeout,
            Retry = options.Retry,
            Time = options.Time,
            BeforeChange = options.BeforeChange,
        };
    }

    /// <summary>The login that the cluster was got with.</summary>
    /// <exception cref="UpgradeException">AwsCredentialGone: it was got with keys that were given, and has come out of another process or a file.</exception>
    public static AwsOptions LoginOf(ManagedCluster cluster, ConnectionOptions options)
    {
        if (cluster.Login == ManagedCluster.CredentialLogin && cluster.Keys is null)
        {
            throw new UpgradeException(new Failure
            {
                Id = "AwsCredentialGone",
                Kind = FailureKind.Authentication,
                Message = $"The cluster '{cluster.Name}' was got with -Credential, and the keys stayed behind when it went through a job, another session or a file.",
                Recommendation = $"Get it anew where it is used: Get-ManagedCluster {cluster.Name} -Region {cluster.Region} -Credential …; or get it with -ProfileName, which goes along.",
                Target = cluster.Name,
            });
        }
        return new AwsOptions
        {
            Region = cluster.Region,
            ProfileName = cluster.ProfileName,
            Keys = cluster.Keys,
            EndpointUrl = cluster.EndpointUrl is { } url ? new Uri(url) : null,
            MayStartPrograms = options.Exec == ExecPolicy.Allow,
        };
    }

    private static X509Certificate2Collection Authorities(ManagedCluster cluster)
    {
        var found = new X509Certificate2Collection();
        try
        {
            if (cluster.CertificateAuthority is { Length: > 0 } data)
                found.ImportFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(data)));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw NoAuthority(cluster, e);
        }
        return found.Count > 0 ? found : throw NoAuthority(cluster, null);
    }

    private static UpgradeException NoEndpoint(ManagedCluster cluster) => new(new Failure
    {
        Id = "ManagedClusterNotReady",
        Kind = FailureKind.Unavailable,
        Message = $"The cluster '{cluster.Name}' in {cluster.Region} has no API server that could be reached: it is {cluster.Status ?? "without a status"}.",
        Recommendation = "Get it anew once it is ACTIVE: the object keeps what the service said when it was got.",
        Target = cluster.Name,
    });

    // EKS has no such endpoint: whoever wrote it would get a token with which he is the caller.
    private static UpgradeException Unprotected(ManagedCluster cluster) => new(new Failure
    {
        Id = "ManagedEndpointNotProtected",
        Kind = FailureKind.Security,
        Message = $"The endpoint of the cluster '{cluster.Name}' in {cluster.Region} is {cluster.Endpoint}: without TLS the login would go there in the clear, to whoever answers.",
        Recommendation = "Get the cluster anew with Get-ManagedCluster. If it says the same, look whose service -EndpointUrl or AWS_ENDPOINT_URL leads to.",
        Target = cluster.Name,
    });

    private static UpgradeException NoAuthority(ManagedCluster cluster, Exception? e) => new(
        new Failure
        {
            Id = "ManagedClusterNotReady",
            Kind = FailureKind.Security,
            Message = $"The cluster '{cluster.Name}' in {cluster.Region} tells no certificate authority that can be read, so that nobody can tell its API server from another one.",
            Recommendation = "Get it anew with Get-ManagedCluster once it is ACTIVE.",
            Target = cluster.Name,
        },
        e);
}
