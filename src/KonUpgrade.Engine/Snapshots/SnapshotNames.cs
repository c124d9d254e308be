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
    /// <summary>How many are asked for at once.</summary>
    public const int AtOnce = GetResourcesRequest.MostArns / 2;

    private bool _isOutOfReach;

    /// <summary>The name of each job that has one, by the job's id.</summary>
    /// <param name="jobs">At most <see cref="AtOnce"/>. What makes nothing yet has no name.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyDictionary<string, string>> FindAsync(IReadOnlyList<BackupJob> jobs, CancellationToken cancellationToken)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var foreign = new List<BackupJob>();
        foreach (var job in jobs)
        {
            if (job.RecoveryPointArn is not { Length: > 0 } arn)
                continue;
            if (arn.Split(':') is not [_, _, "backup", ..])
                foreign.Add(job);
            else if (await OwnAsync(arn, cancellationToken).ConfigureAwait(false) is { } name)
                names[job.BackupJobId] = name;
        }

        if (foreign.Count > 0 && !_isOutOfReach)
            await AddForeignAsync(foreign, names, cancellationToken).ConfigureAwait(false);
        return names;
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

    private async Task AddForeignAsync(List<BackupJob> jobs, Dictionary<string, string> names, CancellationToken cancellationToken)
    {
        var asked = jobs.GroupBy(job => Key(job.RecoveryPointArn!), StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
        var request = new GetResourcesRequest { ResourceArnList = [.. jobs.SelectMany(Forms).Distinct(StringComparer.Ordinal)] };
        try
        {
            await foreach (var found in tagging.GetResourcesAsync(request, cancellationToken).ConfigureAwait(false))
            {
                if (found.Tag(SnapshotToken.NameTag) is not { } name || !asked.TryGetValue(Key(found.ResourceArn), out var those))
                    continue;
                foreach (var job in those)
                    names[job.BackupJobId] = name;
            }
        }
        catch (AwsException e)
        {
            // A network without a way to it, or a login without the right: asked once, and never in the way of what has no need of it.
            _isOutOfReach = true;
            reporter.Warning($"Under which names snapshots of RDS, Aurora, EBS and EC2 were made can't be found out, and none of them is found by its name: {e.Message} {e.Failure.Recommendation}");
        }
    }

    // AWS Backup writes the ARNs of EC2's snapshots without an account, the tagging service those of most resources with it.
    private static IEnumerable<string> Forms(BackupJob job)
    {
        yield return job.RecoveryPointArn!;
        if (job.RecoveryPointArn!.Split(':', 6) is ["arn", var partition, var service, var region, "", var rest] && job.AccountId is { Length: > 0 } account)
            yield return $"arn:{partition}:{service}:{region}:{account}:{rest}";
    }

    private static string Key(string arn) => arn.Split(':', 6) is [_, _, var service, var region, _, var rest] ? $"{service}:{region}:{rest}" : arn;
}
