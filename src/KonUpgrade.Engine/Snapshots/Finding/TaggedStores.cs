using KonUpgrade.Engine.Aws.Tagging;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots.Finding;

/// <summary>Finds the stores that have tags.</summary>
/// <param name="client">The tagging service.</param>
/// <param name="reporter">Told when there are none.</param>
internal sealed class TaggedStores(TaggingClient client, IReporter reporter)
{
    // What keeps data. A machine or a cluster with the same tag is no store; who means one names it.
    private static readonly string[] s_types = ["s3", "rds:db", "rds:cluster", "elasticfilesystem:file-system", "ec2:volume", "fsx:file-system", "dynamodb:table"];

    /// <summary>The stores of the region that have all these tags.</summary>
    public async Task<IReadOnlyList<SnapshotStore>> FindAsync(IReadOnlyDictionary<string, IReadOnlyList<string>> tags, CancellationToken cancellationToken)
    {
        var request = new GetResourcesRequest { TagFilters = [.. tags.Select(static tag => new TagFilter { Key = tag.Key, Values = tag.Value })], ResourceTypeFilters = s_types };
        var found = new List<SnapshotStore>();
        await foreach (var resource in client.GetResourcesAsync(request, cancellationToken).ConfigureAwait(false))
            found.Add(new SnapshotStore(resource.ResourceArn) { Name = resource.Tag("Name") is { Length: > 0 } name ? name : null });
        if (found.Count == 0)
            reporter.Warning($"Nothing in {await client.GetRegionAsync(cancellationToken).ConfigureAwait(false)} that AWS Backup protects has the tags {string.Join(", ", request.TagFilters)}.");
        return found;
    }
}
