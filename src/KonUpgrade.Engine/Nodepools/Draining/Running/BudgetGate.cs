using KonUpgrade.Engine.Workloads.Budgets;

namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>
/// Lets as many pods ask their budget as it lets go, by what a watch last said of it, first come first served; the server
/// decides all the same. Where nothing is heard of the budget, one pod asks every few seconds.
/// </summary>
internal sealed class BudgetGate(TimeProvider time) : IDisposable
{
    // kubectl asks for every pod each 5 s; here it is one pod of a budget, and only where the watch is silent.
    private static readonly TimeSpan s_askAgain = TimeSpan.FromSeconds(5);

    private readonly object _lock = new();
    private readonly LinkedList<Waiter> _queue = [];
    private PodBudget? _budget;
    private ITimer? _timer;
    private TimeSpan? _retryAfter;
    private long _seen;
    private long _asking;
    private long _granted;
    private bool _refused;
    private long? _letGo;

    /// <summary>The budget as it was last heard of; null once it is gone.</summary>
    public PodBudget? Budget
    {
        get
        {
            lock (_lock)
                return _budget;
        }
    }

    /// <summary>How long ago it last let one of those go that asked here; null where it never did.</summary>
    public TimeSpan? SinceLetGo
    {
        get
        {
            lock (_lock)
                return _letGo is { } then ? time.GetElapsedTime(then) : null;
        }
    }

    /// <summary>Takes note of what is heard of the budget.</summary>
    /// <param name="budget">The budget; null when it is gone.</param>
    public void Update(PodBudget? budget)
    {
        lock (_lock)
        {
            _budget = budget;
            _seen++;
            _granted = 0;
            _refused = false;
            _retryAfter = null;
            Pump();
        }
    }

    /// <summary>Waits for the turn of one pod.</summary>
    /// <param name="wake">Ends the wait without a turn, since the pod is no longer what it was.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The turn, to be given back by <see cref="Leave"/>; null for none.</returns>
    public async Task<long?> EnterAsync(Task wake, CancellationToken cancellationToken)
    {
        var waiter = new Waiter();
        lock (_lock)
        {
            _queue.AddLast(waiter);
            Pump();
        }
        try
        {
            await Task.WhenAny(waiter.LetIn, wake).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Withdraw(waiter);
            throw;
        }
        lock (_lock)
        {
            if (!_queue.Remove(waiter))
                return waiter.Turn;
            StopTimerWithoutQueue();
            return null;
        }
    }

    /// <summary>Gives a turn back.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="result">What the server said; null where it was not asked.</param>
    /// <param name="retryAfter">How long it asks to wait.</param>
    public void Leave(long turn, EvictionResult? result, TimeSpan? retryAfter = null)
    {
        lock (_lock)
        {
            _asking--;
            if (result == EvictionResult.Accepted)
                _letGo = time.GetTimestamp();
            if (result == EvictionResult.Accepted && turn == _seen)
                _granted++;
            // What was heard since is newer than this word.
            if (result == EvictionResult.Blocked && turn == _seen)
            {
                _refused = true;
                _retryAfter = retryAfter;
            }
            Pump();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
            _queue.Clear();
        }
    }

    private bool IsOpen => !_refused && (_budget is null || (_budget.IsSettled && _budget.Allowed - _asking - _granted > 0));

    private void Withdraw(Waiter waiter)
    {
        lock (_lock)
        {
            if (_queue.Remove(waiter))
                StopTimerWithoutQueue();
            else
                Leave(waiter.Turn, null);
        }
    }

    private void Pump()
    {
        while (_queue.First is not null && IsOpen)
            LetOneIn();
        if (_queue.First is null)
            StopTimerWithoutQueue();
        else
            _timer ??= time.CreateTimer(_ => AskAnyway(), null, (_retryAfter ?? s_askAgain) + TimeSpan.FromSeconds(Random.Shared.NextDouble()), Timeout.InfiniteTimeSpan);
    }

    private void LetOneIn()
    {
        var first = _queue.First!.Value;
        _queue.RemoveFirst();
        _asking++;
        first.Open(_seen);
    }

    private void AskAnyway()
    {
        lock (_lock)
        {
            _timer?.Dispose();
            _timer = null;
            if (_queue.First is not null && _asking == 0)
                LetOneIn();
            Pump();
        }
    }

    private void StopTimerWithoutQueue()
    {
        if (_queue.First is not null)
            return;
        _timer?.Dispose();
        _timer = null;
    }

    private sealed class Waiter
    {
        private readonly TaskCompletionSource _letIn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task LetIn => _letIn.Task;

        public long Turn { get; private set; }

        public void Open(long turn)
        {
            Turn = turn;
            _letIn.SetResult();
        }
    }
}
