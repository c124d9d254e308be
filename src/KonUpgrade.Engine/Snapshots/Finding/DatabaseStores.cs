using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Rds;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots.Finding;

/// <summary>
/// Finds databases of RDS and Aurora by what people call them. A member of a cluster is no store of its own: AWS Backup
/// backs up the cluster.
/// </summary>
/// <param name="client">RDS.</param>
/// <param name="reporter">Told of databases that are not available now.</param>
internal sealed class DatabaseStores(RdsClient client, IReporter reporter)
{
    private List<DBInstance>? _instances;
    private List<DBCluster>? _clusters;

    /// <summary>The store of a database; one with a failure where there is none.</summary>
    /// <param name="text">An identifier, an endpoint with or without a port, or an ARN.</param>
    /// <param name="region">The region that is asked.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="AwsException">What RDS says.</exception>
    public async Task<SnapshotStore> FindAsync(string text, string region, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken).ConfigureAwait(false);
        var wanted = text.Trim();
        // HOST:PORT, as connection strings have it. An ARN has more colons.
        if (wanted.Split(':') is [var host, var port] && port.All(char.IsAsciiDigit))
            wanted = host;
        wanted = wanted.TrimEnd('.');
        var found = _instances!.Where(instance => Is(wanted, instance.DBInstanceIdentifier, instance.DBInstanceArn, instance.EndpointAddress)).Select(Of)
            .Concat(_clusters!.Where(cluster => Is(wanted, [cluster.DBClusterIdentifier, cluster.DBClusterArn, .. cluster.Endpoints])).Select(Of))
            .DistinctBy(static store => store.ResourceArn)
            .ToList();
        return found switch
        {
            [var one] => one,
            [var first, var second, ..] => new SnapshotStore(text) { Failure = StoreFailures.DatabaseAmbiguous(text, first.ResourceArn, second.ResourceArn) },
            // What another region or account has is told as any other ARN.
            _ when wanted.StartsWith("arn:", StringComparison.Ordinal) => new SnapshotStore(wanted),
            _ => new SnapshotStore(text) { Failure = StoreFailures.DatabaseNotFound(text, region) },
        };
    }

    /// <summary>Stores that were found by tags, with clusters in place of their members, and with the types that clusters are of.</summary>
    public async Task<IReadOnlyList<SnapshotStore>> OwnersAsync(IReadOnlyList<SnapshotStore> stores, CancellationToken cancellationToken)
    {
        if (!stores.Any(static store => store.ResourceArn.Split(':') is [_, _, "rds", ..]))
            return stores;
        try
        {
            await LoadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AwsException e) when (!e.IsTransient && e.Failure.Kind != FailureKind.Authentication)
        {
            reporter.Warning($"Which databases are members of clusters can't be seen: the backup of a member, which its cluster would have to be backed up for, fails. {e.Message} {e.Failure.Recommendation}");
            return stores;
        }

        return [.. stores.Select(Owner)];
    }

    private SnapshotStore Owner(SnapshotStore store)
    {
        if (_instances!.Find(instance => instance.DBInstanceArn == store.ResourceArn) is { } instance)
            return Of(instance) is var owner && owner.ResourceArn == store.ResourceArn ? store : owner;
        return _clusters!.Find(cluster => cluster.DBClusterArn == store.ResourceArn) is { } cluster ? store with { Type = TypeOf(cluster) } : store;
    }

    private SnapshotStore Of(DBInstance instance)
    {
        if (instance.DBClusterIdentifier is { } id && _clusters!.Find(cluster => cluster.DBClusterIdentifier == id) is { } cluster)
            return Of(cluster);
        Tell(instance.DBInstanceIdentifier, instance.DBInstanceStatus);
        return new SnapshotStore(instance.DBInstanceArn) { Name = instance.DBInstanceIdentifier };
    }

    private SnapshotStore Of(DBCluster cluster)
    {
        Tell(cluster.DBClusterIdentifier, cluster.Status);
        return new SnapshotStore(cluster.DBClusterArn) { Name = cluster.DBClusterIdentifier, Type = TypeOf(cluster) };
    }

    private void Tell(string name, string? status)
    {
        if (status is not (null or "available"))
            reporter.Warning($"The database '{name}' is {status} now: its backup waits until it is available, and expires where it is not in the start window.");
    }

    // Several engines share the form of the ARN; a cluster of MySQL or PostgreSQL itself is of RDS.
    private static string TypeOf(DBCluster cluster) => cluster.Engine switch
    {
        null => "Aurora",
        "docdb" => "DocumentDB",
        "neptune" => "Neptune",
        { } engine => engine.StartsWith("aurora", StringComparison.Ordinal) ? "Aurora" : "RDS",
    };

    private static bool Is(string wanted, params ReadOnlySpan<string?> names)
    {
        foreach (var name in names)
        {
            if (name is not null && string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_clusters is not null)
            return;
        var instances = new List<DBInstance>();
        await foreach (var instance in client.DescribeDBInstancesAsync(cancellationToken).ConfigureAwait(false))
            instances.Add(instance);
        var clusters = new List<DBCluster>();
        await foreach (var cluster in client.DescribeDBClustersAsync(cancellationToken).ConfigureAwait(false))
            clusters.Add(cluster);
        (_instances, _clusters) = (instances, clusters);
    }
}
