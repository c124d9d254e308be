using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>Looks at the jobs of snapshots that are known.</summary>
/// <param name="client">The service.</param>
internal sealed class SnapshotJobs(BackupClient client)
{
    private const int DeepestParts = 5;

    /// <summary>A snapshot as it is now.</summary>
    /// <exception cref="ResourceNotFoundException">The service does not know the job, or does so no more.</exception>
    public async Task<StateSnapshot> LookAsync(StateSnapshot before, CancellationToken cancellationToken)
    {
        var region = await client.GetRegionAsync(cancellationToken).ConfigureAwait(false);
        var job = await client.DescribeBackupJobAsync(before.BackupJobId!, cancellationToken).ConfigureAwait(false);
        var now = SnapshotView.Of(job, region, before);
        // What its parts came to is asked when it has ended; until then the service counts them.
        return SnapshotView.GoesOn(now) ? now : await WholeAsync(now, job.IsParent == true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A snapshot with its parts, and with what went wrong.</summary>
    public async Task<StateSnapshot> WholeAsync(StateSnapshot snapshot, bool isParent, CancellationToken cancellationToken)
    {
        var parts = new List<StateSnapshot>();
        if (isParent)
            await AddPartsAsync(snapshot, parts, 1, cancellationToken).ConfigureAwait(false);
        var whole = snapshot with { Parts = parts };
        return whole with { Failure = SnapshotFailures.Of(whole) };
    }

    private async Task AddPartsAsync(StateSnapshot parent, List<StateSnapshot> parts, int depth, CancellationToken cancellationToken)
    {
        await foreach (var job in client.ListBackupJobsAsync(new BackupJobFilter { ByParentJobId = parent.BackupJobId }, cancellationToken).ConfigureAwait(false))
        {
            var part = SnapshotView.Of(job, parent.Region ?? "") with { Name = parent.Name, Attempt = parent.Attempt, IsExisting = parent.IsExisting };
            parts.Add(part with { Failure = SnapshotFailures.Of(part) });
            if (job.IsParent == true && depth < DeepestParts)
                await AddPartsAsync(part, parts, depth + 1, cancellationToken).ConfigureAwait(false);
        }
    }
}
