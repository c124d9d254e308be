using System.Globalization;
using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Nodepools.Draining.Planning;
using KonUpgrade.Engine.Nodepools.Pods;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>One pod on its way out: asked for until it is let go, then waited for until it is gone.</summary>
/// <param name="tools">What all have in common.</param>
/// <param name="pod">The pod.</param>
/// <param name="told">What is to be done with it.</param>
/// <param name="changed">Is called when what it waits for changes.</param>
internal sealed class PodDrain(DrainTools tools, WatchedPod pod, DrainedPod told, Action changed)
{
    // As kubectl waits, where nothing tells when it is worth while.
    private static readonly TimeSpan s_askAgain = TimeSpan.FromSeconds(5);
    private static readonly RetryPolicy s_lostAnswers = new() { MaxAttempts = 5, BaseDelay = TimeSpan.FromMilliseconds(200), MaxDelay = TimeSpan.FromSeconds(5) };

    private readonly PodFacts _pod = pod.Facts;
    private volatile BudgetGate? _heldBy;
    private volatile BudgetGate? _queue;
    private object? _reason;
    private Failure? _last;
    private long _letGoAt;
    private volatile bool _isLetGo;
    private volatile bool _isHeld;
    private volatile bool _isEnded;

    /// <summary>The pod, as people write it.</summary>
    public string Name => told.ToString();

    /// <summary>What it waits for; null for nothing.</summary>
    public string? Waiting { get; private set; }

    /// <summary>Since when it waits for that.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>Whether nothing is done to it now: it is over with, or its budget lets none go.</summary>
    public bool IsIdle => _isEnded || (_isHeld && !_isLetGo);

    /// <summary>
    /// Evicts the pod and waits until it is gone. Where its budget holds it up, its time begins anew whenever the budget
    /// lets one go: who stands in a queue that moves is not stuck.
    /// </summary>
    /// <param name="deadline">Cancelled when its node's time is over.</param>
    /// <param name="cancellationToken">Cancelled when everything is to end.</param>
    public async Task<DrainedPod> EvictAsync(CancellationToken deadline, CancellationToken cancellationToken)
    {
        using var time = new MovingDeadline(tools.Options.Timeout, tools.Time, SinceMoved, deadline);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            return await AskUntilLetGoAsync(both.Token).ConfigureAwait(false) is { } failure ? Failed(failure) : await WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (time.Token.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return TimedOut();
        }
        catch (UpgradeException e)
        {
            return Failed(e.Failure);
        }
        finally
        {
            _isEnded = true;
        }
    }

    /// <summary>Deletes the pod, and does not wait.</summary>
    /// <returns>Why it can't be deleted; null where it can.</returns>
    public async Task<Failure?> DeleteAsync(CancellationToken cancellationToken)
    {
        var answer = await tools.Remover.DeleteAsync(_pod, cancellationToken).ConfigureAwait(false);
        if (answer.Result is not (EvictionResult.Accepted or EvictionResult.Gone))
            return answer.Failure;
        _isLetGo = true;
        if (answer.Result == EvictionResult.Gone)
            pod.End();
        return null;
    }

    /// <summary>Waits until a pod is gone that was let go.</summary>
    /// <inheritdoc cref="EvictAsync"/>
    public async Task<DrainedPod> WaitUntilGoneAsync(CancellationToken deadline, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline, cancellationToken);
        try
        {
            return await WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return TimedOut();
        }
    }

    /// <summary>What is told of it where it did not go.</summary>
    public DrainedPod Failed(Failure failure) => told with { Outcome = DrainOutcome.Failed, Failure = failure, WaitedSince = Since, Budgets = BudgetNames() };

    private async Task<Failure?> AskUntilLetGoAsync(CancellationToken cancellationToken)
    {
        var lost = new Backoff(s_lostAnswers, tools.Time);
        var refused = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var change = pod.Changed;
            if (pod.Gone.IsCompleted)
                return null;
            var (gate, turn) = await TurnAsync(change, refused, cancellationToken).ConfigureAwait(false);
            // What it waited for is no longer what matters.
            if (gate is not null && turn is null)
                continue;
            EvictionAnswer? answer = null;
            try
            {
                answer = await tools.Remover.EvictAsync(_pod, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (turn is { } given)
                    gate!.Leave(given, answer?.Result, answer?.RetryAfter);
            }
            _last = answer.Failure;
            refused = answer.Result == EvictionResult.Blocked;
            switch (answer.Result)
            {
                case EvictionResult.Accepted:
                    _letGoAt = tools.Time.GetTimestamp();
                    _isLetGo = true;
                    tools.Reporter.Verbose($"{told} on {told.Node} is evicted.");
                    return null;
                case EvictionResult.Gone:
                    pod.End();
                    return null;
                case EvictionResult.Blocked:
                    var holding = gate is null ? tools.Budgets.Selecting(_pod) : [gate];
                    Wait(holding.Count == 1 ? holding[0] : null, Held(holding.Count == 1 ? holding[0] : null), isHeld: true);
                    if (holding.Count != 1)
                        await PauseAsync(change, answer.RetryAfter ?? s_askAgain, cancellationToken).ConfigureAwait(false);
                    break;
                case EvictionResult.NamespaceTerminating when pod.Facts.IsTerminating:
                    return null;
                case EvictionResult.NamespaceTerminating:
                    Wait(null, $"the end of its namespace {told.Namespace}");
                    await PauseAsync(change, s_askAgain, cancellationToken).ConfigureAwait(false);
                    break;
                case EvictionResult.MultipleBudgets:
                    return PlanFailures.MultipleBudgets(told with { Budgets = BudgetNames() });
                case EvictionResult.Unsure when lost.TryNext(answer.RetryAfter, out var delay):
                    tools.Reporter.Verbose($"{told}: {answer.Failure?.Message} It is asked again.");
                    await PauseAsync(change, delay, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    return answer.Failure;
            }
        }
    }

    // Only what its one budget is asked for waits for a turn: what several guard, or none, the server answers at once.
    private async Task<(BudgetGate? Gate, long? Turn)> TurnAsync(Task change, bool refused, CancellationToken cancellationToken)
    {
        var gates = refused ? tools.Budgets.Selecting(pod.Facts) : tools.Budgets.Guarding(pod.Facts);
        if (gates is not [var gate])
            return (null, null);
        var entering = gate.EnterAsync(change, cancellationToken);
        if (!entering.IsCompleted)
            Wait(gate, Held(gate), isHeld: true);
        return (gate, await entering.ConfigureAwait(false));
    }

    private async Task<DrainedPod> WaitAsync(CancellationToken cancellationToken)
    {
        if (!pod.Gone.IsCompleted)
            Wait(null, "its end");
        while (!pod.Gone.IsCompleted)
        {
            var change = pod.Changed;
            if (pod.Facts.DeletionTime is { } due && tools.Options.SkipWaitForDeleteTimeout is var skip && skip > TimeSpan.Zero)
            {
                var left = due + skip - tools.Time.GetUtcNow();
                if (left <= TimeSpan.Zero)
                {
                    var why = "It should have been gone long ago, and is not waited for.";
                    return told with { Outcome = DrainOutcome.Left, Reason = why, WaitedSince = Since };
                }
                await PauseAsync(change, left, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await change.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        Waiting = null;
        tools.Reporter.Verbose($"{told} is gone from {told.Node}.");
        return told with { Outcome = DrainOutcome.Gone, Failure = null };
    }

    private async Task PauseAsync(Task change, TimeSpan pause, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(change, Task.Delay(pause, tools.Time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // Who stood in no queue has no more time than its node; who did, as long as the others there.
    private TimeSpan? SinceMoved() => _queue is not { } queue ? null : _isLetGo ? tools.Time.GetElapsedTime(_letGoAt) : queue.SinceLetGo;

    private void Wait(BudgetGate? gate, string what, bool isHeld = false)
    {
        // It may wait for the same again and again: since when is told by when that began.
        object reason = gate is null ? what : gate;
        if (!reason.Equals(_reason))
        {
            Since = tools.Time.GetUtcNow();
            tools.Reporter.Verbose($"{told} on {told.Node} waits for {what}.");
        }
        _reason = reason;
        _heldBy = gate;
        _queue = gate ?? _queue;
        _isHeld = isHeld;
        Waiting = what;
        changed();
    }

    private List<string> BudgetNames() =>
        [.. tools.Budgets.Selecting(_pod).Select(gate => gate.Budget?.Name).OfType<string>().Order(StringComparer.Ordinal)];

    private static string Held(BudgetGate? gate) => gate?.Budget is { } budget
        ? string.Create(CultureInfo.InvariantCulture, $"the budget {budget.Name}, which needs {budget.Needed} healthy pods and has {budget.Have}")
        : "its budget";

    private DrainedPod TimedOut()
    {
        if (pod.Gone.IsCompleted)
            return told with { Outcome = DrainOutcome.Gone, Failure = null };
        var now = tools.Time.GetUtcNow();
        return Failed(_isLetGo || pod.Facts.IsTerminating ? PodFailures.NotGone(told, pod.Facts.DeletionTime, Since, now, tools.Options.Timeout)
            : _heldBy?.Budget is { } budget ? PodFailures.BudgetBlocked(told, budget, _heldBy?.SinceLetGo, Since, now, tools.Options.Timeout)
            : PodFailures.NotLetGo(told, Waiting, Since, now, tools.Options.Timeout, _last));
    }
}
