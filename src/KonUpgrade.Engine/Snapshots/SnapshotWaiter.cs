using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>Waits for snapshots, many side by side, until each has ended, however it did.</summary>
/// <param name="client">The service.</param>
/// <param name="reporter">Told how they stand.</param>
/// <param name="time">The clock; null for the real one.</param>
public sealed class SnapshotWaiter(BackupClient client, IReporter reporter, TimeProvider? time = null)
{
    private readonly SnapshotJobs _jobs = new(client);

    /// <summary>Gives each snapshot when it has ended; one that has ended already, at once; one that has not when the time is over, then, with a failure that says so.</summary>
    /// <param name="snapshots">The snapshots. One without a job is given back as it is.</param>
    /// <param name="options">How long.</param>
    /// <param name="cancellationToken">Stops waiting; the jobs go on.</param>
    /// <exception cref="AwsException">The service can't be asked at all: no login, no right.</exception>
    public async IAsyncEnumerable<StateSnapshot> WaitAsync(IReadOnlyList<StateSnapshot> snapshots, SnapshotWaitOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var open = new List<StateSnapshot>();
        foreach (var given in snapshots)
        {
            // One that an earlier wait gave up on goes on.
            var snapshot = given.Failure?.Id == SnapshotFailures.TimeoutId ? given with { Failure = null } : given;
            if (snapshot.BackupJobId is not { Length: > 0 })
                yield return snapshot.Failure is null ? snapshot with { Failure = SnapshotFailures.NotBegun(snapshot) } : snapshot;
            else if (SnapshotView.GoesOn(snapshot))
                open.Add(snapshot);
            else
                yield return snapshot;
        }

        var wait = new JobWait<StateSnapshot>
        {
            What = "backups",
            Look = LookAsync,
            GoesOn = SnapshotView.GoesOn,
            TimedOut = static (now, passed, hindered) => now with { Failure = SnapshotFailures.TimedOut(now, passed, hindered) },
            Tell = static now => ($"Backing up {now.ResourceArn}", SnapshotView.Standing(now.State, now.PercentDone, now.BytesTransferred), now.PercentDone),
        };
        await foreach (var ended in new JobWaiter<StateSnapshot>(wait, reporter, time ?? TimeProvider.System).WaitAsync(open, options, cancellationToken).ConfigureAwait(false))
            yield return ended;
    }

    private async Task<StateSnapshot> LookAsync(StateSnapshot before, CancellationToken cancellationToken)
    {
        try
        {
            return await _jobs.LookAsync(before, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceNotFoundException e)
        {
            return before with { Status = StateSnapshotStatus.Unknown, Failure = e.Failure };
        }
    }
}
