using System.Runtime.CompilerServices;
using System.Threading.Channels;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Foundation.Streams;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>
/// Suspends the workloads of a cluster, each by its own means, or gives back what was before: many at once, each only as
/// it was looked at, and told when it is final. What carries none of our annotations is never resumed.
/// </summary>
public sealed class WorkloadChanger(ClusterConnection cluster, WorkloadOptions options, IReporter reporter)
{
    private readonly TimeProvider _time = TimeProvider.System;
    private IReadOnlyList<WorkloadStep>? _steps;
    private IReadOnlyList<Failure> _failures = [];
    private long _done;

    /// <summary>What could not be listed, so that workloads may be missing. Known after <see cref="PrepareAsync"/>.</summary>
    public IReadOnlyList<Failure> Failures => _failures;

    /// <summary>What is held once it has run, now or since an earlier attempt, and has to be waited for. Known after <see cref="PrepareAsync"/>.</summary>
    internal IEnumerable<WorkloadStep> Held => (_steps ?? []).Where(step => step.IsOurHold && step.Means.Waits);

    private string Activity => $"{(options.Resume ? "Resuming" : "Suspending")} workloads of {cluster.Context.Name}";

    /// <summary>Looks at the cluster. Nothing is written.</summary>
    /// <exception cref="UpgradeException">IdentityUnknown, KindNotFound, KindNotHeld, NamespaceNotFound, or the cluster can't be reached.</exception>
    public async Task<WorkloadSummary> PrepareAsync(CancellationToken cancellationToken)
    {
        if (_steps is null)
        {
            (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Require(cluster.Context.Name);
            (_steps, _failures) = await new WorkloadPlanner(cluster, options, reporter, _time).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        return new WorkloadSummary(
            [.. _steps.Where(s => s.Patch is not null).GroupBy(s => s.Means.KindAndGroup).Select(g => KeyValuePair.Create(g.Key, g.Count()))],
            _steps.Count(s => s.Patch is null && s.Change.Action != WorkloadChangeAction.Failed),
            _steps.Count(s => s.Change.Action == WorkloadChangeAction.Failed));
    }

    /// <summary>Changes them. Every workload comes out once, when it is final.</summary>
    public async IAsyncEnumerable<WorkloadChange> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await foreach (var change in ChannelStream.RunAsync<WorkloadChange>(RunAsync, cancellationToken).ConfigureAwait(false))
                yield return change;
        }
        finally
        {
            reporter.Progress(new ProgressReport { Activity = Activity, Completed = true });
        }
    }

    private Task RunAsync(ChannelWriter<WorkloadChange> changes, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        _steps!,
        new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.ThrottleLimit), CancellationToken = cancellationToken },
        async (step, token) =>
        {
            var change = step.Patch is null ? step.Change : await ChangeAsync(step, token).ConfigureAwait(false);
            await changes.WriteAsync(change, token).ConfigureAwait(false);
            var done = Interlocked.Increment(ref _done);
            reporter.Progress(new ProgressReport { Activity = Activity, Status = $"{change.Kind} {change.Name}", Done = done, Total = _steps!.Count });
        });

    private async Task<WorkloadChange> ChangeAsync(WorkloadStep step, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(RetryPolicy.Conflicts, _time);
        try
        {
            while (true)
            {
                TimeSpan delay;
                try
                {
                    var change = step.Change;
                    var write = new WriteOptions { FieldManager = step.Manager };
                    using var changed = await cluster.Client.PatchAsync(step.Resource, change.Namespace, change.Name, PatchKind.Merge, step.Patch!, write, cancellationToken).ConfigureAwait(false);
                    return await DoneAsync(step, changed, cancellationToken).ConfigureAwait(false);
                }
                catch (KubernetesApiException e) when (e.StatusCode == 409 && backoff.TryNext(e.RetryAfter, out delay))
                {
                    reporter.Verbose($"{WorkloadStep.NameOf(step.Change)} was changed meanwhile; it is looked at again.");
                }
                await backoff.WaitAsync(delay, cancellationToken).ConfigureAwait(false);
                using var live = await cluster.Client.GetAsync(step.Resource, step.Change.Namespace, step.Change.Name, cancellationToken).ConfigureAwait(false);
                // Another one of the name that was made meanwhile is not the one that was looked at.
                if (live is null || live.Uid != step.Change.Uid)
                    return await GoneAsync(step, cancellationToken).ConfigureAwait(false);
                var next = await LookAgainAsync(step, live, cancellationToken).ConfigureAwait(false);
                if (next.Patch is null)
                    return await SettledAsync(step, next, live, cancellationToken).ConfigureAwait(false);
                // What is back already an earlier try of ours gave, whose answer was lost.
                step = next.StaysHeld && next.Change.Fields.Count == 0 ? next with { Change = next.Change with { Fields = step.Change.Fields } } : next;
            }
        }
        catch (KubernetesApiException e) when (Absence.IsOfObject(e))
        {
            return await GoneAsync(step, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesApiException e) when (Absence.IsOfKind(e))
        {
            return WorkloadStep.Failed(step.Change, HoldFailures.KindNotServed(WorkloadStep.NameOf(step.Change), step.Means.KindAndGroup, cluster.Context.Name));
        }
        catch (UpgradeException e)
        {
            return WorkloadStep.Failed(step.Change, Shown(step, e));
        }
    }

    // A webhook or a schema may quote the object that it refuses.
    private Failure Shown(WorkloadStep step, UpgradeException exception) => options.IsSensitive(step.Resource.Group, step.Resource.Kind)
        ? UnquotedRefusal.Of(exception, WorkloadStep.NameOf(step.Change), "Try the change by hand to see what the server says (kubectl edit).")
        : exception.Failure;

    // All that is to be done, and who is to own what, comes from what is there now.
    private Task<WorkloadStep> LookAgainAsync(WorkloadStep step, KubernetesObject live, CancellationToken cancellationToken)
    {
        var next = WorkloadStep.Of(live, step.Resource, step.Means, options, cluster.Context.Name, named: true, _time.GetUtcNow())!;
        return new ResumeCheck(cluster.Client, cluster.Context.Name, options.Force).CheckAsync(next, cancellationToken);
    }

    // Nothing is left to be done. Where it is as we wanted it, the answer to an earlier try of ours was lost.
    private async Task<WorkloadChange> SettledAsync(WorkloadStep step, WorkloadStep now, KubernetesObject live, CancellationToken cancellationToken) =>
        now.Change.Action == WorkloadChangeAction.Unchanged && WorkloadHold.IsHeld(live) != options.Resume
            ? await DoneAsync(step, live, cancellationToken).ConfigureAwait(false)
            : now.Change;

    private async Task<WorkloadChange> DoneAsync(WorkloadStep step, KubernetesObject changed, CancellationToken cancellationToken)
    {
        if (step.Warning is { } warning)
            reporter.Warning(warning);
        return options.Resume ? await OwnAsync(step, changed, cancellationToken).ConfigureAwait(false) : step.Change;
    }

    private async Task<WorkloadChange> GoneAsync(WorkloadStep step, CancellationToken cancellationToken) => step.Change with
    {
        Action = WorkloadChangeAction.Skipped,
        Fields = [],
        Reason = await Absence.WhyAsync(cluster.Client, step.Change.Namespace, "It is gone.", cancellationToken).ConfigureAwait(false),
    };

    private async Task<WorkloadChange> OwnAsync(WorkloadStep step, KubernetesObject changed, CancellationToken cancellationToken)
    {
        var change = step.Change;
        var entries = new OwnershipWriter(cluster.Client, _time);
        try
        {
            IReadOnlyList<string> ours = [OurFieldManager.Name, step.Manager];
            await entries.WriteAsync(step.Resource, changed, live => WithoutHold(step, live, FieldTransfer.Restore(live, step.Owners, ours, _time.GetUtcNow())), cancellationToken).ConfigureAwait(false);
            return change;
        }
        catch (KubernetesApiException e) when (Absence.IsOfObject(e))
        {
            // It was resumed, and somebody has removed it since.
            return change;
        }
        catch (UpgradeException e) when (options.Upgrade is null)
        {
            // An upgrade repeats what is not whole, and the workload still says whose fields they were; nobody else does.
            if (step.StaysHeld)
            {
                using var live = await cluster.Client.GetAsync(step.Resource, change.Namespace, change.Name, cancellationToken).ConfigureAwait(false);
                if (live is not null && live.Uid == change.Uid)
                    await entries.WriteAsync(step.Resource, live, seen => WorkloadStep.WithoutHold(seen, null), cancellationToken).ConfigureAwait(false);
            }

            // It runs as before; only who owns the fields is not what it was.
            return change with { Reason = Sentences.Join(change.Reason, $"Its fields belong to {OurFieldManager.Name} now: {Shown(step, e).Message}") };
        }
    }

    private static byte[]? WithoutHold(WorkloadStep step, KubernetesObject live, byte[]? owners) => step.StaysHeld ? WorkloadStep.WithoutHold(live, owners) : owners;
}
