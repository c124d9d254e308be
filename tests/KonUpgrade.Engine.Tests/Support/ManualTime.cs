namespace KonUpgrade.Engine.Tests.Support;

/// <summary>A clock that a test moves.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>The waits that were passed over by <see cref="RunAsync{T}"/>.</summary>
    public List<TimeSpan> Waited { get; } = [];

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (_lock)
            _timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan by)
    {
        List<ManualTimer> due;
        lock (_lock)
        {
            _now += by;
            due = [.. _timers.Where(t => t.Due <= _now)];
            foreach (var timer in due)
                timer.Due = null;
        }
        foreach (var timer in due)
            timer.Fire();
    }

    /// <summary>Whether anybody waits for a time that far off, or farther.</summary>
    public bool IsWaitedFor(TimeSpan atLeast)
    {
        lock (_lock)
            return _timers.Any(t => t.Due is { } due && due - _now >= atLeast);
    }

    /// <summary>Runs work to its end, passing over every wait that is shorter than a request's timeout.</summary>
    public async Task<T> RunAsync<T>(Task<T> work, TimeSpan shorterThan)
    {
        while (!work.IsCompleted)
        {
            TimeSpan? next;
            lock (_lock)
                next = _timers.Min(t => t.Due) - _now;
            if (next is { } wait && wait < shorterThan)
            {
                Waited.Add(wait);
                Advance(wait);
            }
            await Task.WhenAny(work, Task.Delay(5, TestContext.Current.CancellationToken));
        }
        return await work;
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? Due { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
                Due = dueTime < TimeSpan.Zero ? null : time._now + dueTime;
            return true;
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (time._lock)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
