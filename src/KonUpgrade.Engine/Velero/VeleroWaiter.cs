using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Velero.Objects;
using KonUpgrade.Engine.Velero.Results;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Velero;

/// <summary>Waits for backups and restores, many side by side, until each has ended, however it did. Each is followed by a watch.</summary>
/// <param name="cluster">The cluster that they are in.</param>
/// <param name="reporter">Told how they stand.</param>
/// <param name="time">The clock; null for the real one.</param>
public sealed class VeleroWaiter(ClusterConnection cluster, IReporter reporter, TimeProvider? time = null)
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromDays(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>
    /// Gives each when it has ended; one that has already, at once; one that has not when the time is over, then, with a
    /// failure that says so.
    /// </summary>
    /// <param name="operations">What is waited for. One without an object in the cluster is given back as it is.</param>
    /// <param name="options">How long.</param>
    /// <param name="cancellationToken">Stops waiting; they go on.</param>
    /// <exception cref="UpgradeException">The cluster can't be asked at all: no login, no right.</exception>
    public async IAsyncEnumerable<T> WaitAsync<T>(IReadOnlyList<T> operations, VeleroWaitOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : VeleroOperation
    {
        ArgumentNullException.ThrowIfNull(operations);
        ArgumentNullException.ThrowIfNull(options);
        var open = new List<T>();
        foreach (var given in operations)
        {
            // One that an earlier wait gave up on goes on.
            var one = given.Failure?.Id == VeleroFailures.TimeoutId ? (T)((VeleroOperation)given with { Failure = null }) : given;
            if (one.Failure is not null)
                yield return one;
            else if (one.HasEnded)
                yield return (T)((VeleroOperation)one with { Failure = VeleroFailures.Of(one) });
            else
                open.Add(one);
        }

        if (open.Count == 0)
            yield break;
        var place = new VeleroPlace(cluster.Context.Name, (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid);
        var activity = string.Create(CultureInfo.InvariantCulture, $"Waiting for {open.Count} {(open[0] is VeleroBackup ? "backups" : "restores")} of {cluster.Context.Name}");
        var results = Channel.CreateUnbounded<T>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = RunAsync();
        var ended = 0;
        try
        {
            await foreach (var one in results.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                reporter.Progress(new ProgressReport
                {
                    Activity = activity,
                    ParentActivity = options.ParentActivity,
                    Status = string.Create(CultureInfo.InvariantCulture, $"{++ended} of {open.Count} have ended"),
                    Done = ended,
                    Total = open.Count,
                });
                yield return one;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            reporter.Progress(new ProgressReport { Activity = activity, ParentActivity = options.ParentActivity, Completed = true });
        }

        async Task RunAsync()
        {
            try
            {
                await Task.WhenAll(open.Select(async one => results.Writer.TryWrite(await FollowAsync(one, place, options, activity, stop.Token).ConfigureAwait(false)))).ConfigureAwait(false);
                results.Writer.Complete();
            }
            catch (Exception e)
            {
                // It is thrown by who reads, after what the others gave.
                results.Writer.Complete(e);
            }
        }
    }

    private async Task<T> FollowAsync<T>(T given, VeleroPlace place, VeleroWaitOptions options, string parent, CancellationToken cancellationToken)
        where T : VeleroOperation
    {
        var begun = _time.GetTimestamp();
        var isBackup = given is VeleroBackup;
        var activity = $"{(isBackup ? "Backing up to" : "Restoring as")} {given.Name}";
        VeleroOperation now = given;
        try
        {
            var follower = new ObjectFollower(cluster.Client, reporter, _time);
            var (isDone, hindered) = await follower.FollowAsync(
                isBackup ? VeleroResources.Backups : VeleroResources.Restores, given.VeleroNamespace, given.Name, Look, options.Timeout ?? s_timeout, cancellationToken).ConfigureAwait(false);
            if (!isDone)
                return (T)(now with { Failure = VeleroFailures.TimedOut(now, _time.GetElapsedTime(begun), hindered) });
            if (now.Failure is not null)
                return (T)now;
            now = await new VeleroResults(cluster, reporter, _time).AddAsync(now, cancellationToken).ConfigureAwait(false);
            reporter.Information($"{cluster.Context.Name}: the {VeleroFailures.What(now)} {now.Name} has ended: {VeleroFailures.Standing(now)}, {now.Errors} errors, {now.Warnings} warnings.");
            return (T)(now with { Failure = VeleroFailures.Of(now) });
        }
        finally
        {
            reporter.Progress(new ProgressReport { Activity = activity, ParentActivity = parent, Completed = true });
        }

        bool Look(KubernetesObject? o)
        {
            if (o is null)
            {
                now = now with { Failure = VeleroFailures.Gone(given) };
                return true;
            }

            if (given.Uid is not null && o.Uid != given.Uid)
            {
                now = now with { Failure = VeleroFailures.Replaced(given) };
                return true;
            }

            now = Read(o, place, given);
            reporter.Progress(new ProgressReport { Activity = activity, ParentActivity = parent, Status = VeleroFailures.Standing(now), Done = now.ItemsDone ?? 0, Total = now.TotalItems });
            return now.HasEnded;
        }
    }

    // What the object does not tell is kept: how it was come by, and where its bucket is.
    private static VeleroOperation Read(KubernetesObject o, VeleroPlace place, VeleroOperation before) => before switch
    {
        VeleroBackup backup => VeleroView.Backup(o, place) with { IsExisting = backup.IsExisting, Managed = backup.Managed, Bucket = backup.Bucket, Prefix = backup.Prefix },
        _ => VeleroView.Restore(o, place) with { IsExisting = before.IsExisting, Managed = before.Managed },
    };
}
