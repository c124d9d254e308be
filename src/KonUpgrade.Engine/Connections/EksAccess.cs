using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>
/// The way to EKS for a cluster that is connected: its name there, and a client in its region with its login. Whatever
/// changes something in EKS asks <see cref="RequireSameAsync"/> first.
/// </summary>
public sealed class EksAccess : IDisposable
{
    private readonly ClusterConnection _cluster;
    private readonly string _from;

    private EksAccess(ClusterConnection cluster, EksReference reference, AwsOptions login, IReporter reporter)
    {
        (_cluster, ClusterName, _from) = (cluster, reference.ClusterName, reference.From);
        Client = new EksClient(login, reporter);
        reporter.Verbose($"{cluster.Context.Name} is the cluster '{ClusterName}' of EKS, as {_from} says");
    }

    /// <summary>The cluster's name in EKS.</summary>
    public string ClusterName { get; }

    /// <summary>The service.</summary>
    public EksClient Client { get; }

    /// <summary>Finds what EKS calls a cluster. Nothing is asked of the service yet.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="given">Region, login and URL that were given for the service; they come before what the cluster's own login says. Null for nothing.</param>
    /// <param name="reporter">Told which name and login are used.</param>
    /// <exception cref="UpgradeException">NotAnEksCluster: neither a managed cluster, nor a kubeconfig that tells a name.</exception>
    public static EksAccess Open(ClusterConnection cluster, AwsOptions? given, IReporter reporter)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(reporter);
        var reference = ReferenceOf(cluster);
        return new EksAccess(cluster, reference, Merge(reference.Login, given), reporter);
    }

    /// <summary>Proves that the service's cluster of that name is the one that is connected: its endpoint is the server that is talked to.</summary>
    /// <returns>The cluster, as the service tells it.</returns>
    /// <exception cref="UpgradeException">EksClusterMismatch.</exception>
    /// <exception cref="EksException">What the service says.</exception>
    public async Task<Cluster> RequireSameAsync(CancellationToken cancellationToken)
    {
        var told = await Client.DescribeClusterAsync(ClusterName, cancellationToken).ConfigureAwait(false);
        if (Uri.TryCreate(told.Endpoint, UriKind.Absolute, out var endpoint) && IsSame(endpoint, _cluster.Client.Server))
            return told;
        throw new UpgradeException(new Failure
        {
            Id = "EksClusterMismatch",
            Kind = FailureKind.Refused,
            Message = $"The cluster '{ClusterName}' that {_from} names is another one than {_cluster.Context.Name} leads to: EKS tells the endpoint {told.Endpoint ?? "none"}, and the connection goes to {_cluster.Client.Server}. Nothing was changed.",
            Recommendation = "Give the cluster as an object of Get-ManagedCluster, or a context whose server is the endpoint that EKS tells; region and account must be the cluster's own.",
            Target = _cluster.Context.Name,
        });
    }

    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();

    /// <summary>What EKS calls a cluster, and as whom AWS is asked about it.</summary>
    /// <exception cref="UpgradeException">NotAnEksCluster.</exception>
    internal static EksReference ReferenceOf(ClusterConnection cluster) => cluster.Eks ?? throw new UpgradeException(new Failure
    {
        Id = "NotAnEksCluster",
        Kind = FailureKind.NotSupported,
        Message = $"Nothing tells what EKS calls {cluster.Context.Name}: its login is no 'aws eks get-token', its cluster entry is not called by an ARN, and it is no managed cluster. The context's own name is not taken for it.",
        Recommendation = "Give the cluster as an object of Get-ManagedCluster, or write its kubeconfig with 'aws eks update-kubeconfig'.",
        Target = cluster.Context.Name,
    });

    /// <summary>Whether two URLs lead to the same server: scheme, host and port, and a path but for its last slash.</summary>
    internal static bool IsSame(Uri one, Uri other) =>
        Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0
        && one.AbsolutePath.TrimEnd('/') == other.AbsolutePath.TrimEnd('/');

    private static AwsOptions Merge(AwsOptions own, AwsOptions? given)
    {
        if (given is null)
            return own;
        var login = given.Keys is not null || given.ProfileName is not null ? own with { Keys = given.Keys, ProfileName = given.ProfileName } : own;
        return login with { Region = given.Region ?? own.Region, EndpointUrl = given.EndpointUrl ?? own.EndpointUrl };
    }
}
