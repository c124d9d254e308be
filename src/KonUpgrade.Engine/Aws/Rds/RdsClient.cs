using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws.Query;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Rds;

/// <summary>
/// RDS on the SDK's own runtime: operations and fields are named as in the service's model, version 2014-10-31, query
/// protocol. Nothing is looked for before the first call.
/// </summary>
/// <param name="options">As whom, and where.</param>
/// <param name="reporter">Told which credentials are used.</param>
public sealed class RdsClient(AwsOptions options, IReporter reporter) : IDisposable
{
    private static readonly AwsService Service = new("RDS", "rds", "2014-10-31");

    private readonly QueryClient _client = new(
        options,
        reporter,
        Service,
        static async (login, token) =>
        {
            var region = await login.RegionAsync(token).ConfigureAwait(false);
            return (RegionalEndpoint.Named("rds")(region, login.Source), region);
        },
        AwsFailures.Of);

    /// <summary>The DB instances of the region (DescribeDBInstances).</summary>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    public async IAsyncEnumerable<DBInstance> DescribeDBInstancesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var instance in _client.PagesAsync(DescribeDBInstances.Call, "DBInstances", cancellationToken).ConfigureAwait(false))
            yield return DescribeDBInstances.Read(instance);
    }

    /// <summary>The DB clusters of the region (DescribeDBClusters): those of Aurora, and of several other engines.</summary>
    /// <exception cref="AwsException">What the service, or the way to it, says.</exception>
    public async IAsyncEnumerable<DBCluster> DescribeDBClustersAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var cluster in _client.PagesAsync(DescribeDBClusters.Call, "DBClusters", cancellationToken).ConfigureAwait(false))
            yield return DescribeDBClusters.Read(cluster);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
