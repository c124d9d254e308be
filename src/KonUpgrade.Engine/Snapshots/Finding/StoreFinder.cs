using System.Text.RegularExpressions;
using Amazon;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Rds;
using KonUpgrade.Engine.Aws.Sts;
using KonUpgrade.Engine.Aws.Tagging;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots.Finding;

/// <summary>Finds what is to be backed up, in all the ways in which it can be said, each store once.</summary>
/// <param name="aws">As whom, and where, AWS is asked.</param>
/// <param name="tagging">The tagging service.</param>
/// <param name="reporter">Told of what is not found, and of volumes that nothing of AWS serves.</param>
public sealed partial class StoreFinder(AwsOptions aws, TaggingClient tagging, IReporter reporter)
{
    /// <summary>The stores in the order in which they are said; one that is said wrongly is there with its failure.</summary>
    /// <exception cref="UpgradeException">SnapshotStoreNotFound when there is none at all; NamespaceNotFound; or what cluster and services say.</exception>
    public async Task<IReadOnlyList<SnapshotStore>> FindAsync(StoreSelection selection, CancellationToken cancellationToken)
    {
        var stores = new List<SnapshotStore>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        Add(selection.ResourceArns.Select(static arn => new SnapshotStore(arn.Trim())));
        using var rds = new RdsClient(aws.Beside(), reporter);
        var databases = new DatabaseStores(rds, reporter);
        if (selection.Tags.Count > 0)
        {
            var tagged = await new TaggedStores(tagging, reporter).FindAsync(selection.Tags, cancellationToken).ConfigureAwait(false);
            Add(await databases.OwnersAsync(tagged, cancellationToken).ConfigureAwait(false));
        }

        foreach (var database in selection.Databases)
            Add([await databases.FindAsync(database, await tagging.GetRegionAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)]);
        foreach (var bucket in selection.Buckets)
            Add([await BucketAsync(bucket, cancellationToken).ConfigureAwait(false)]);
        if (selection.Cluster is { } cluster)
        {
            var region = await tagging.GetRegionAsync(cancellationToken).ConfigureAwait(false);
            var caller = await CallerIdentity.GetAsync(aws.Beside(), reporter, cancellationToken).ConfigureAwait(false);
            Add(await new ClusterStores(cluster, selection.Namespaces, reporter).FindAsync(caller, region, cancellationToken).ConfigureAwait(false));
        }

        return stores.Count > 0 ? stores : throw new UpgradeException(StoreFailures.NothingFound());

        void Add(IEnumerable<SnapshotStore> found)
        {
            foreach (var store in found)
            {
                if (places.TryGetValue(store.ResourceArn, out var place))
                {
                    stores[place] = Merge(stores[place], store);
                    continue;
                }

                places.Add(store.ResourceArn, stores.Count);
                stores.Add(store);
            }
        }
    }

    private static SnapshotStore Merge(SnapshotStore one, SnapshotStore other) =>
        one with { Name = one.Name ?? other.Name, Type = one.Type ?? other.Type, Volumes = [.. one.Volumes, .. other.Volumes], Failure = one.Failure ?? other.Failure };

    private async Task<SnapshotStore> BucketAsync(string text, CancellationToken cancellationToken)
    {
        if (text.StartsWith("arn:", StringComparison.Ordinal))
            return new SnapshotStore(text);
        var name = text.StartsWith("s3://", StringComparison.OrdinalIgnoreCase) ? text["s3://".Length..].TrimEnd('/') : text;
        var partition = RegionEndpoint.GetBySystemName(await tagging.GetRegionAsync(cancellationToken).ConfigureAwait(false)).PartitionName;
        return BucketName().IsMatch(name) ? new SnapshotStore($"arn:{partition}:s3:::{name}") : new SnapshotStore(text) { Failure = StoreFailures.BucketNameInvalid(text) };
    }

    // Old ones of us-east-1 may have capitals and underscores.
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$")]
    private static partial Regex BucketName();
}
