using KonUpgrade.Engine.Aws.Rds;

namespace KonUpgrade.Completion;

/// <summary>Completes the identifiers of databases, of the region and with the login that the line names: clusters, and instances that are members of none.</summary>
public sealed class DatabaseCompleter : CompletionBase
{
    private protected override async Task<IEnumerable<CompletionChoice>> FindAsync(BoundLine bound, CancellationToken cancellationToken)
    {
        using var client = new RdsClient(bound.Aws.Options().Beside(), NullReporter.Instance);
        List<CompletionChoice> choices = [];
        await foreach (var instance in client.DescribeDBInstancesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (instance.DBClusterIdentifier is null)
                choices.Add(new CompletionChoice(instance.DBInstanceIdentifier, instance.EndpointAddress ?? ""));
        }

        await foreach (var cluster in client.DescribeDBClustersAsync(cancellationToken).ConfigureAwait(false))
            choices.Add(new CompletionChoice(cluster.DBClusterIdentifier, cluster.Endpoints.Count > 0 ? cluster.Endpoints[0] : ""));
        return choices;
    }
}
