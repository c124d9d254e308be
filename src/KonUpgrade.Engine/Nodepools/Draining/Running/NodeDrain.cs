using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>
/// Drains one node that is cordoned: its pods side by side, those that come meanwhile as well, until none is left that
/// should go. One pod that may not go keeps all of them (kubectl, pkg/drain).
/// </summary>
/// <param name="tools">What all have in common.</param>
/// <param name="node">The node.</param>
/// <param name="idle">Is called, once or more often, when nothing is left but pods that their budgets hold up.</param>
internal sealed class NodeDrain(DrainTools tools, string node, Action idle)
{
    // A controller whose pods tolerate every taint puts them back for as long as anybody takes them away.
    private const int MostReturns = 3;

    private readonly List<PodDrain> _drains = [];
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _returns = new(StringComparer.Ordinal);
    private readonly List<DrainedPod> _ended = [];
    private readonly List<Task<DrainedPod>> _running = [];
    private readonly object _lock = new();
    private bool _isBegun;
    private long _gone;

    private string Activity => $"Draining {node}";

    /// <summary>Drains the node.</summary>
    /// <returns>Drained, Gone or Failed.</returns>
    public async Task<NodeChange> RunAsync(CancellationToken cancellationToken)
    {
        var started = tools.Time.GetTimestamp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var deadline = tools.Options.Timeout > TimeSpan.Zero ? new CancellationTokenSource(tools.Options.Timeout, tools.Time) : new CancellationTokenSource();
        var pods = new NodePods(tools.Client, node, tools.Options.PodSelector);
        var following = pods.FollowAsync(stop.Token);
        try
        {
            var failures = await DrainAsync(pods, following, deadline.Token, stop.Token).ConfigureAwait(false);
            return Change(failures, started);
        }
        catch (UpgradeException e)
        {
            return Change([e.Failure], started);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(_running.Append(following)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            tools.Reporter.Progress(new ProgressReport { Activity = Activity, ParentActivity = tools.Activity, Completed = true });
        }
    }

    private async Task<IReadOnlyList<Failure>> DrainAsync(NodePods pods, Task following, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var first = await pods.First.WaitAsync(cancellationToken).ConfigureAwait(false);
        var judged = await JudgeAsync(first, cancellationToken).ConfigureAwait(false);
        var refused = judged.Where(pod => IsRefused(pod.Told)).Select(pod => pod.Told).ToList();
        if (refused.Count > 0)
        {
            _ended.AddRange(judged.Select(pod => IsRefused(pod.Told) ? pod.Told with { Outcome = DrainOutcome.Failed } : pod.Told));
            return PlanFailures.Grouped(node, refused);
        }
        if (tools.Options.DisableEviction)
            await DeleteAsync(judged, deadline, cancellationToken).ConfigureAwait(false);
        else
            Begin(judged, deadline, cancellationToken);
        lock (_lock)
            _isBegun = true;
        Report();
        Task<bool>? arrival = null;
        while (true)
        {
            while (pods.Arrivals.TryRead(out var pod))
                await ArriveAsync(pod, deadline, cancellationToken).ConfigureAwait(false);
            if (_running.Count == 0)
            {
                // What came a moment ago may not have been told yet.
                var left = deadline.IsCancellationRequested ? [] : (await pods.ReadAsync(cancellationToken).ConfigureAwait(false)).Where(pod => !_begun.Contains(pod.Facts.Uid)).ToList();
                if (left.Count == 0)
                    return FailuresOf(_ended);
                foreach (var pod in left)
                    await ArriveAsync(pod, deadline, cancellationToken).ConfigureAwait(false);
                continue;
            }
            arrival ??= pods.Arrivals.WaitToReadAsync(cancellationToken).AsTask();
            var ended = await Task.WhenAny(_running.Cast<Task>().Append(arrival).Append(following)).ConfigureAwait(false);
            if (ended == following)
                await following.ConfigureAwait(false);
            if (ended == arrival)
            {
                await arrival.ConfigureAwait(false);
                arrival = null;
            }
            await TakeEndedAsync().ConfigureAwait(false);
            Report();
        }
    }

    private async Task TakeEndedAsync()
    {
        foreach (var task in _running.Where(task => task.IsCompleted).ToList())
        {
            _running.Remove(task);
            var pod = await task.ConfigureAwait(false);
            _ended.Add(pod);
            if (pod.Outcome == DrainOutcome.Gone)
                Interlocked.Increment(ref _gone);
            if (pod.Failure is { } failure)
                tools.Reporter.Verbose(failure.Message);
        }
    }

    private async Task<List<(WatchedPod Pod, DrainedPod Told)>> JudgeAsync(IReadOnlyList<WatchedPod> pods, CancellationToken cancellationToken)
    {
        await tools.DaemonSets.LookAsync(pods.Select(pod => pod.Facts), cancellationToken).ConfigureAwait(false);
        // The server asks the budgets: here they need not be known.
        var planner = new DrainPlanner(new DrainFacts { Leaving = [], Pods = [], DaemonSets = tools.DaemonSets.Known }, tools.Options, tools.Time.GetUtcNow());
        return
        [
            .. pods.OrderBy(pod => pod.Facts.Namespace, StringComparer.Ordinal).ThenBy(pod => pod.Facts.Name, StringComparer.Ordinal)
                .Select(pod => (pod, planner.JudgedAs(pod.Facts) with { Node = node })),
        ];
    }

    private static bool IsRefused(DrainedPod told) => told.Action == DrainAction.Refused;

    private void Begin(IEnumerable<(WatchedPod Pod, DrainedPod Told)> judged, CancellationToken deadline, CancellationToken cancellationToken)
    {
        foreach (var (pod, told) in judged)
        {
            _begun.Add(pod.Facts.Uid);
            if (Tell(told))
                continue;
            var drain = Made(pod, told);
            _running.Add(Task.Run(() => drain.EvictAsync(deadline, cancellationToken), CancellationToken.None));
        }
        Report();
    }

    // One after the other, and the first that can't be deleted ends it; then all are waited for (kubectl deletePods).
    private async Task DeleteAsync(IReadOnlyList<(WatchedPod Pod, DrainedPod Told)> judged, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var isOver = false;
        foreach (var (pod, told) in judged)
        {
            _begun.Add(pod.Facts.Uid);
            if (Tell(told))
                continue;
            if (isOver)
            {
                _ended.Add(told);
                continue;
            }
            var drain = Made(pod, told);
            if (await drain.DeleteAsync(cancellationToken).ConfigureAwait(false) is { } failure)
            {
                _ended.Add(drain.Failed(failure));
                isOver = true;
                continue;
            }
            _running.Add(Task.Run(() => drain.WaitUntilGoneAsync(deadline, cancellationToken), CancellationToken.None));
        }
        Report();
    }

    private async Task ArriveAsync(WatchedPod pod, CancellationToken deadline, CancellationToken cancellationToken)
    {
        if (_begun.Contains(pod.Facts.Uid) || pod.Gone.IsCompleted)
            return;
        var judged = await JudgeAsync([pod], cancellationToken).ConfigureAwait(false);
        var told = judged[0].Told;
        tools.Reporter.Verbose($"{told} came to {node} while it was drained: {told.Action}.");
        if (IsRefused(told))
        {
            _begun.Add(pod.Facts.Uid);
            _ended.Add(told with { Outcome = DrainOutcome.Failed });
        }
        else if (told.Action != DrainAction.Leave && Returns(pod.Facts) > MostReturns)
        {
            _begun.Add(pod.Facts.Uid);
            _ended.Add(told with { Outcome = DrainOutcome.Failed, Failure = PodFailures.ComesBack(told) });
        }
        else if (tools.Options.DisableEviction)
        {
            await DeleteAsync(judged, deadline, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            Begin(judged, deadline, cancellationToken);
        }
    }

    private int Returns(PodFacts pod)
    {
        if (pod.Controller is not { } controller)
            return 0;
        return _returns[controller.Uid] = _returns.GetValueOrDefault(controller.Uid) + 1;
    }

    private bool Tell(DrainedPod told)
    {
        tools.Reporter.Verbose($"{told} on {node}: {told.Action}.{(told.Reason is { } reason ? $" {reason}" : "")}");
        if (told.Action != DrainAction.Leave)
            return false;
        _ended.Add(told with { Outcome = DrainOutcome.Left });
        return true;
    }

    private PodDrain Made(WatchedPod pod, DrainedPod told)
    {
        var drain = new PodDrain(tools, pod, told, Report);
        lock (_lock)
            _drains.Add(drain);
        return drain;
    }

    private void Report()
    {
        long all;
        PodDrain? waiting;
        int waitingCount;
        bool isIdle;
        lock (_lock)
        {
            isIdle = _isBegun && _drains.TrueForAll(drain => drain.IsIdle);
            all = _drains.Count;
            var held = _drains.Where(drain => drain.Waiting is not null).ToList();
            waitingCount = held.Count;
            waiting = held.MinBy(drain => drain.Since);
        }
        if (isIdle)
            idle();
        var status = waiting is null ? "" : string.Create(
            CultureInfo.InvariantCulture, $"{waitingCount} pods wait; {waiting.Name} since {waiting.Since:HH:mm:ss} UTC for {waiting.Waiting}");
        tools.Reporter.Progress(new ProgressReport { Activity = Activity, ParentActivity = tools.Activity, Status = status, Done = Interlocked.Read(ref _gone), Total = all });
    }

    // Each cause once, with the first pod that it kept.
    private static List<Failure> FailuresOf(IEnumerable<DrainedPod> pods) =>
    [
        .. pods.Where(pod => pod.Outcome == DrainOutcome.Failed && pod.Failure is not null)
            .OrderBy(pod => pod.Namespace, StringComparer.Ordinal).ThenBy(pod => pod.Name, StringComparer.Ordinal)
            .GroupBy(pod => (pod.Failure!.Id, Budgets: string.Join(',', pod.Budgets)))
            .Select(group => group.First().Failure! with
            {
                Message = group.First().Failure!.Message + (group.Count() > 1 ? string.Create(CultureInfo.InvariantCulture, $" So it is with {group.Count() - 1} more: {NameList.Some([.. group.Skip(1).Select(pod => pod.ToString())])}.") : ""),
            }),
    ];

    private NodeChange Change(IReadOnlyList<Failure> failures, long started) => new()
    {
        Name = node,
        Action = failures.Count > 0 || _ended.Exists(pod => pod.Outcome == DrainOutcome.Failed) ? NodeChangeAction.Failed : NodeChangeAction.Drained,
        Pods = [.. _ended.OrderBy(pod => pod.Namespace, StringComparer.Ordinal).ThenBy(pod => pod.Name, StringComparer.Ordinal)],
        Duration = tools.Time.GetElapsedTime(started),
        Failures = failures,
    };
}
