using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Aws.Tagging;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>
/// Finds out under which names snapshots were made. What AWS Backup keeps itself it knows the tags of; a backup of RDS,
/// Aurora, EBS or EC2 is a snapshot of that service, and the tagging service knows its tags.
/// </summary>
/// <param name="client">AWS Backup.</param>
/// <param name="tagging">The tagging service.</param>
/// <param name="reporter">Told of names that can't be found out.</param>
internal sealed class SnapshotNames(BackupClient client, TaggingClient tagging, IReporter reporter)
{
    private Dictionary<string, string>? _elsewhere;

    /// <summary>The name that a job was begun under; null where it makes nothing yet, or the name can't be found out.</summary>
    public async Task<string?> FindAsync(BackupJob job, CancellationToken cancellationToken)
    {
        if (job.RecoveryPointArn is not { Length: > 0 } arn)
            return null;
        if (arn.Split(':') is [_, _, "backup", ..])
            return await OwnAsync(arn, cancellationToken).ConfigureAwait(false);
        _elsewhere ??= await ElsewhereAsync(cancellationToken).ConfigureAwait(false);
        return _elsewhere.GetValueOrDefault(Key(arn));
    }

    private async Task<string?> OwnAsync(string arn, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.ListTagsAsync(arn, cancellationToken).ConfigureAwait(false)).GetValueOrDefault(SnapshotToken.NameTag);
        }
        catch (AwsException e) when (!e.IsTransient)
        {
            reporter.Verbose($"the name of the snapshot {arn} can't be found out: {e.Message}");
            return null;
        }
    }

    // All that has our tag, which is less than to ask for each; and by their ARNs they can't be asked for, which not all
    // services write alike.
    private async Task<Dictionary<string, string>> ElsewhereAsync(CancellationToken cancellationToken)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var request = new GetResourcesRequest { TagFilters = [new TagFilter { Key = SnapshotToken.NameTag }] };
            await foreach (var found in tagging.GetResourcesAsync(request, cancellationToken).ConfigureAwait(false))
            {
                if (found.Tag(SnapshotToken.NameTag) is { } name)
                    names[Key(found.ResourceArn)] = name;
            }
        }
        catch (AwsException e)
        {
            // A network without a way to it, or a login without the right: asked once, and never in the way of what has no need of it.
            reporter.Warning($"Under which names snapshots of RDS, Aurora, EBS and EC2 were made can't be found out, and none of them is found by its name: {e.Message} {e.Failure.Recommendation}");
        }

        return names;
    }

    // Without the account: AWS Backup writes the ARNs of EC2's snapshots so, and other services do not.
    private static string Key(string arn) => arn.Split(':', 6) is [_, _, var service, var region, _, var rest] ? $"{service}:{region}:{rest}" : arn;
}
