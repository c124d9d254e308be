using System.Globalization;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>What a wait must know of its jobs.</summary>
/// <typeparam name="T">A job as it stands.</typeparam>
internal sealed record JobWait<T>
{
    /// <summary>What is waited for, for progress: <c>backups</c>.</summary>
    public required string What { get; init; }

    /// <summary>A job as it is now.</summary>
    public required Func<T, CancellationToken, Task<T>> Look { get; init; }

    /// <summary>Whether a job goes on.</summary>
    public required Func<T, bool> GoesOn { get; init; }

    /// <summary>A job whose time is over: since when, and why it could not be looked at last.</summary>
    public required Func<T, TimeSpan, string?, T> TimedOut { get; init; }

    /// <summary>What it does (one activity a job), where it stands, and how many percent are done.</summary>
    public required Func<T, (string Activity, string Status, double? Percent)> Tell { get; init; }
}

/// <summary>
/// Waits for jobs of AWS Backup, many side by side, until each has ended, however it did. A look that is throttled or gets
/// no answer is no end; the next one follows. The service's model has no waiter for them.
/// </summary>
/// <param name="wait">What is known of the jobs.</param>
/// <param name="reporter">Told how they stand.</param>
/// <param name="time">The clock.</param>
internal sealed class JobWaiter<T>(JobWait<T> wait, IReporter reporter, TimeProvider time)
{
    // The service lets each account ask so often and no oftener; many jobs are looked at a few at a time.
    private const int Abreast = 4;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_timeout = TimeSpan.FromDays(1);

    /// <summary>Gives each job when it has ended, and those that have not when the time is over, then.</summary>
    /// <exception cref="AwsException">The service can't be asked at all: no login, no right.</exception>
    public async IAsyncEnumerable<T> WaitAsync(IReadOnlyList<T> jobs, SnapshotWaitOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var (interval, timeout) = (options.Interval ?? s_interval, options.Timeout ?? s_timeout);
        var open = jobs.Select(job => new Waiting(job)).ToList();
        var (activity, all) = ($"Waiting for {open.Count} {wait.What}", open.Count);
        try
        {
            while (open.Count > 0)
            {
                foreach (var batch in open.Chunk(Abreast))
                {
                    await Task.WhenAll(batch.Select(each => LookAsync(each, cancellationToken))).ConfigureAwait(false);
                    foreach (var each in batch)
                    {
                        Tell(each, activity);
                        if (!wait.GoesOn(each.Now))
                            yield return each.Now;
                    }
                }

                open.RemoveAll(each => !wait.GoesOn(each.Now));
                var passed = time.GetElapsedTime(begun);
                reporter.Progress(new ProgressReport
                {
                    Activity = activity,
                    ParentActivity = options.ParentActivity,
                    Status = string.Create(CultureInfo.InvariantCulture, $"{all - open.Count} of {all} have ended"),
                    Done = all - open.Count,
                    Total = all,
                });
                if (open.Count == 0)
                    break;
                // The last look is at the end of the time, and not an interval before it.
                var left = timeout - passed;
                if (left <= TimeSpan.Zero)
                {
                    foreach (var each in open)
                        yield return wait.TimedOut(each.Now, passed, each.Hindered);
                    break;
                }

                await Task.Delay(left < interval ? left : interval, time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var each in open)
                reporter.Progress(new ProgressReport { Activity = wait.Tell(each.Now).Activity, ParentActivity = activity, Completed = true });
            if (all > 0)
                reporter.Progress(new ProgressReport { Activity = activity, ParentActivity = options.ParentActivity, Completed = true });
        }
    }

    private async Task LookAsync(Waiting each, CancellationToken cancellationToken)
    {
        try
        {
            each.Now = await wait.Look(each.Now, cancellationToken).ConfigureAwait(false);
            each.Hindered = null;
        }
        catch (AwsException e) when (e.IsTransient)
        {
            each.Hindered = e.Message;
            reporter.Verbose($"{wait.Tell(each.Now).Activity}: it could not be looked at, and is asked for again: {e.Message}");
        }
    }

    private void Tell(Waiting each, string parent)
    {
        var (activity, status, percent) = wait.Tell(each.Now);
        var hasEnded = !wait.GoesOn(each.Now);
        reporter.Progress(new ProgressReport { Activity = activity, ParentActivity = parent, Status = status, Done = (long)(percent ?? 0), Total = percent is null ? null : 100, Completed = hasEnded });
        if (hasEnded)
            reporter.Information($"{activity}: {status}.");
    }

    private sealed class Waiting(T job)
    {
        public T Now { get; set; } = job;

        public string? Hindered { get; set; }
    }
}
