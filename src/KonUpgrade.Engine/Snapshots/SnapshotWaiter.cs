using System.Globalization;
using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots;

/// <summary>
/// Waits for snapshots, many side by side, until each has ended, however it did. A look that is throttled or gets no answer
/// is no end; the next one follows. The service's model has no waiter for this.
/// </summary>
/// <param name="client">The service.</param>
/// <param name="reporter">Told how they stand.</param>
/// <param name="time">The clock; null for the real one.</param>
public sealed class SnapshotWaiter(BackupClient client, IReporter reporter, TimeProvider? time = null)
{
    // The service lets each account ask so often and no oftener; many jobs are looked at a few at a time.
    private const int Abreast = 4;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_timeout = TimeSpan.FromDays(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly SnapshotReader _reader = new(client, reporter);

    /// <summary>Gives each snapshot when it has ended; one that has ended already, at once; one that has not when the time is over, then, with a failure that says so.</summary>
    /// <param name="snapshots">The snapshots. One without a job is given back as it is.</param>
    /// <param name="options">How long.</param>
    /// <param name="cancellationToken">Stops waiting; the jobs go on.</param>
    /// <exception cref="AwsException">The service can't be asked at all: no login, no right.</exception>
    public async IAsyncEnumerable<StateSnapshot> WaitAsync(IReadOnlyList<StateSnapshot> snapshots, SnapshotWaitOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        var (interval, timeout) = (options.Interval ?? s_interval, options.Timeout ?? s_timeout);
        var open = new List<Waiting>();
        foreach (var given in snapshots)
        {
            // One that an earlier wait gave up on goes on.
            var snapshot = given.Failure?.Id == SnapshotFailures.TimeoutId ? given with { Failure = null } : given;
            if (snapshot.BackupJobId is not { Length: > 0 })
                yield return snapshot.Failure is null ? snapshot with { Failure = SnapshotFailures.NotBegun(snapshot) } : snapshot;
            else if (SnapshotView.GoesOn(snapshot))
                open.Add(new Waiting(snapshot));
            else
                yield return snapshot;
        }

        var (activity, all) = ($"Waiting for {open.Count} backups", open.Count);
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
                        if (!SnapshotView.GoesOn(each.Now))
                            yield return each.Now;
                    }
                }

                open.RemoveAll(each => !SnapshotView.GoesOn(each.Now));
                var passed = _time.GetElapsedTime(begun);
                reporter.Progress(new ProgressReport { Activity = activity, ParentActivity = options.ParentActivity, Status = Text($"{all - open.Count} of {all} have ended"), Done = all - open.Count, Total = all });
                // The last look is at the end of the time, and not an interval before it.
                var left = timeout - passed;
                if (open.Count == 0)
                    break;
                if (left <= TimeSpan.Zero)
                {
                    foreach (var each in open)
                        yield return each.Now with { Failure = SnapshotFailures.TimedOut(each.Now, passed, each.Hindered) };
                    break;
                }

                await Task.Delay(left < interval ? left : interval, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (var each in open)
                reporter.Progress(new ProgressReport { Activity = each.Activity, ParentActivity = activity, Completed = true });
            reporter.Progress(new ProgressReport { Activity = activity, ParentActivity = options.ParentActivity, Completed = true });
        }
    }

    private async Task LookAsync(Waiting each, CancellationToken cancellationToken)
    {
        try
        {
            each.Now = await _reader.LookAsync(each.Now, cancellationToken).ConfigureAwait(false);
            each.Hindered = null;
        }
        catch (ResourceNotFoundException e)
        {
            each.Now = each.Now with { Status = StateSnapshotStatus.Unknown, Failure = e.Failure };
        }
        catch (AwsException e) when (e.IsTransient)
        {
            each.Hindered = e.Message;
            reporter.Verbose($"the backup of '{each.Now.ResourceArn}' could not be looked at, and is asked for again: {e.Message}");
        }
    }

    private void Tell(Waiting each, string parent)
    {
        var now = each.Now;
        var hasEnded = !SnapshotView.GoesOn(now);
        var bytes = now.BytesTransferred is { } moved ? Text($", {moved / (double)(1 << 20):0.#} MiB") : "";
        reporter.Progress(new ProgressReport
        {
            Activity = each.Activity,
            ParentActivity = parent,
            Status = now.PercentDone is { } percent ? Text($"{now.State}, {percent:0.#} %{bytes}") : $"{now.State}{bytes}",
            Done = (long)(now.PercentDone ?? 0),
            Total = now.PercentDone is null ? null : 100,
            Completed = hasEnded,
        });
        if (hasEnded)
            reporter.Information($"The backup of '{now.ResourceArn}' has ended: {now.Status}.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class Waiting(StateSnapshot snapshot)
    {
        public StateSnapshot Now { get; set; } = snapshot;

        public string? Hindered { get; set; }

        public string Activity { get; } = $"Backing up {snapshot.ResourceArn}";
    }
}
