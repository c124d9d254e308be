using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>Which snapshots are looked for; all of the last 30 days unless said.</summary>
public sealed record SnapshotFilter
{
    /// <summary>Whether a name is meant; null for all, also those whose name can't be found out.</summary>
    public Func<string, bool>? Name { get; init; }

    /// <summary>Those of this resource.</summary>
    public string? ResourceArn { get; init; }

    /// <summary>Those in this vault.</summary>
    public string? BackupVaultName { get; init; }

    /// <summary>Whether those that plans made are meant, too.</summary>
    public bool IncludesPlans { get; init; }
}

/// <summary>Looks at snapshots.</summary>
/// <param name="client">The service.</param>
/// <param name="reporter">Told of names that can't be found out.</param>
public sealed class SnapshotReader(BackupClient client, IReporter reporter)
{
    private const int DeepestParts = 5;

    /// <summary>The snapshots of the last 30 days, for so long the service knows its jobs; the newest first.</summary>
    /// <exception cref="BackupException">What the service says.</exception>
    public async IAsyncEnumerable<StateSnapshot> ListAsync(SnapshotFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var region = await client.GetRegionAsync(cancellationToken).ConfigureAwait(false);
        var jobs = client.ListBackupJobsAsync(new BackupJobFilter { ByResourceArn = filter.ResourceArn, ByBackupVaultName = filter.BackupVaultName }, cancellationToken);
        await foreach (var job in jobs.ConfigureAwait(false))
        {
            // A part belongs to its whole.
            if (job.ParentJobId is { Length: > 0 } || (job.CreatedBy?.BackupPlanId is not null && !filter.IncludesPlans))
                continue;
            var name = await NameAsync(job.RecoveryPointArn, cancellationToken).ConfigureAwait(false);
            if (filter.Name is { } meant && (name is null || !meant(name)))
                continue;
            yield return await WholeAsync(SnapshotView.Of(job, region) with { Name = name }, job.IsParent == true, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A snapshot by its job.</summary>
    /// <exception cref="ResourceNotFoundException">The service does not know the job, or does so no more.</exception>
    public async Task<StateSnapshot> GetAsync(string backupJobId, CancellationToken cancellationToken)
    {
        var region = await client.GetRegionAsync(cancellationToken).ConfigureAwait(false);
        var job = await client.DescribeBackupJobAsync(backupJobId, cancellationToken).ConfigureAwait(false);
        var name = await NameAsync(job.RecoveryPointArn, cancellationToken).ConfigureAwait(false);
        return await WholeAsync(SnapshotView.Of(job, region) with { Name = name }, job.IsParent == true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A snapshot as it is now.</summary>
    internal async Task<StateSnapshot> LookAsync(StateSnapshot before, CancellationToken cancellationToken)
    {
        var region = await client.GetRegionAsync(cancellationToken).ConfigureAwait(false);
        var job = await client.DescribeBackupJobAsync(before.BackupJobId!, cancellationToken).ConfigureAwait(false);
        var now = SnapshotView.Of(job, region, before);
        // What its parts came to is asked when it has ended; until then the service counts them.
        return SnapshotView.GoesOn(now) ? now : await WholeAsync(now, job.IsParent == true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The name that a recovery point was made under; null where the service keeps no tags of it, or there is none.</summary>
    internal async Task<string?> NameAsync(string? recoveryPointArn, CancellationToken cancellationToken)
    {
        // Snapshots of RDS and EC2 have their tags in those services, and this one refuses the question.
        if (recoveryPointArn?.Split(':') is not [_, _, "backup", ..])
            return null;
        try
        {
            return (await client.ListTagsAsync(recoveryPointArn, cancellationToken).ConfigureAwait(false)).GetValueOrDefault(SnapshotToken.NameTag);
        }
        catch (AwsException e) when (!e.IsTransient)
        {
            reporter.Verbose($"the name of the snapshot {recoveryPointArn} can't be found out: {e.Message}");
            return null;
        }
    }

    private async Task<StateSnapshot> WholeAsync(StateSnapshot snapshot, bool isParent, CancellationToken cancellationToken)
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
