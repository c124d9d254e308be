using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Connections;

/// <summary>The managed clusters of a region.</summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used.</param>
public sealed class ManagedClusters(AwsOptions options, IReporter reporter) : IDisposable
{
    private readonly EksClient _eks = new(options, reporter);

    /// <summary>Their names.</summary>
    /// <exception cref="UpgradeException">What the login, the service or the way to it says.</exception>
    public IAsyncEnumerable<string> NamesAsync(CancellationToken cancellationToken) => _eks.ListClustersAsync(cancellationToken);

    /// <summary>One of them.</summary>
    /// <exception cref="ResourceNotFoundException">It is not there.</exception>
    /// <exception cref="UpgradeException">What the login, the service or the way to it says.</exception>
    public async Task<ManagedCluster> GetAsync(string name, CancellationToken cancellationToken)
    {
        var region = await _eks.GetRegionAsync(cancellationToken).ConfigureAwait(false);
        return Of(await _eks.DescribeClusterAsync(name, cancellationToken).ConfigureAwait(false), region, options);
    }

    /// <inheritdoc/>
    public void Dispose() => _eks.Dispose();

    /// <summary>What the service told, with the login that it was told to.</summary>
    internal static ManagedCluster Of(Cluster cluster, string region, AwsOptions login) => new()
    {
        Name = cluster.Name,
        Region = region,
        Arn = cluster.Arn,
        Status = cluster.Status,
        Version = cluster.Version,
        PlatformVersion = cluster.PlatformVersion,
        Endpoint = cluster.Endpoint,
        CertificateAuthority = cluster.CertificateAuthority?.Data,
        OidcIssuer = cluster.Identity?.Oidc?.Issuer,
        RoleArn = cluster.RoleArn,
        VpcId = cluster.ResourcesVpcConfig?.VpcId,
        SubnetId = cluster.ResourcesVpcConfig?.SubnetIds ?? [],
        SecurityGroupId = cluster.ResourcesVpcConfig is { } network
            ? [.. network.ClusterSecurityGroupId is { } own ? [own] : Array.Empty<string>(), .. network.SecurityGroupIds]
            : [],
        AuthenticationMode = cluster.AccessConfig?.AuthenticationMode,
        SupportType = cluster.UpgradePolicy?.SupportType,
        DeletionProtection = cluster.DeletionProtection,
        CreatedAt = cluster.CreatedAt,
        Tag = cluster.Tags,
        Issue = [.. cluster.Health?.Issues.Select(issue => issue.ToString()) ?? []],
        Id = cluster.Id,
        Login = login switch
        {
            { Keys: not null } => ManagedCluster.CredentialLogin,
            { ProfileName: not null } => ManagedCluster.ProfileLogin,
            _ => ManagedCluster.DefaultLogin,
        },
        ProfileName = login.Keys is null ? login.ProfileName : null,
        EndpointUrl = login.EndpointUrl?.ToString(),
        Keys = login.Keys,
    };
}
