using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Aws.Tagging;
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
/// <param name="tagging">What knows the names of snapshots that other services keep.</param>
/// <param name="reporter">Told of names that can't be found out.</param>
public sealed class SnapshotReader(BackupClient client, TaggingClient tagging, IReporter reporter)
{
    private readonly SnapshotNames _names = new(client, tagging, reporter);
    private readonly SnapshotJobs _jobs = new(client);

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
            var name = await _names.FindAsync(job, cancellationToken).ConfigureAwait(false);
            if (filter.Name is { } meant && (name is null || !meant(name)))
                continue;
            yield return await _jobs.WholeAsync(SnapshotView.Of(job, region) with { Name = name }, job.IsParent == true, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A snapshot by its job.</summary>
    /// <exception cref="ResourceNotFoundException">The service does not know the job, or does so no more.</exception>
    public async Task<StateSnapshot> GetAsync(string backupJobId, CancellationToken cancellationToken)
    {
        var region = await client.GetRegionAsync(cancellationToken).ConfigureAwait(false);
        var job = await client.DescribeBackupJobAsync(backupJobId, cancellationToken).ConfigureAwait(false);
        var name = await _names.FindAsync(job, cancellationToken).ConfigureAwait(false);
        return await _jobs.WholeAsync(SnapshotView.Of(job, region) with { Name = name }, job.IsParent == true, cancellationToken).ConfigureAwait(false);
    }
}
