using System.Threading.Channels;
using KonUpgrade.Sandbox.DataPlane.Clocks;
using KonUpgrade.Sandbox.Requests;

namespace KonUpgrade.Sandbox.Velero;

/// <summary>
/// Does the work of all Velero servers, one step after another on one clock: what one of them has put into the bucket
/// before another looks is there.
/// </summary>
internal sealed class VeleroLoop(SimulationClock clock, TextWriter log) : IAsyncDisposable
{
    // How often what recurs is done on a journey, at most: nobody looks in between.
    private const int MostOnAJourney = 500;

    private readonly Channel<Action> _posted = Channel.CreateUnbounded<Action>();
    private readonly Alarms _alarms = new();
    private readonly List<TaskCompletionSource> _settling = [];
    private readonly Queue<Journey> _journeys = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private Task? _running;

    /// <summary>Begins to work; whoever asks a second time changes nothing.</summary>
    public void Start()
    {
        lock (_gate) _running ??= Task.Run(RunAsync);
    }

    /// <summary>Has something done within the loop.</summary>
    public void Post(Action work) => _posted.Writer.TryWrite(work);

    /// <summary>Has something done at a moment of the clock. Within the loop.</summary>
    public void At(DateTimeOffset due, Action work) => _alarms.Set(due, work);

    /// <summary>When what recurs is to be done next. Within the loop.</summary>
    public DateTimeOffset Next(TimeSpan period)
    {
        DateTimeOffset now = clock.Now, next = now + period;
        if (!_journeys.TryPeek(out Journey? journey) || journey.Target is not { } target) return next;
        DateTimeOffset later = now + journey.By / MostOnAJourney;
        if (later <= next) return next;
        return target > now && target < later ? target : later;
    }

    /// <summary>Completes when nothing is left to do at this moment of the clock.</summary>
    public Task SettleAsync() => AskAsync(answer => _settling.Add(answer));

    /// <summary>Moves the clock on, from one alarm to the next, and completes when all that happens on the way is done.</summary>
    public Task AdvanceAsync(TimeSpan by)
    {
        bool works;
        lock (_gate) works = _running is not null;
        if (works) return AskAsync(answer => _journeys.Enqueue(new Journey(by, answer)));
        clock.MoveTo(clock.Now + by);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_running is { } running) await running;
        _posted.Writer.TryComplete();
        while (_posted.Reader.TryRead(out _))
        {
        }
        foreach (TaskCompletionSource waiting in _settling.Concat(_journeys.Select(journey => journey.Arrived))) waiting.TrySetCanceled();
        _stop.Dispose();
    }

    private async Task AskAsync(Action<TaskCompletionSource> ask)
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_running is null) return;
        }
        // Nobody waits for ever for a loop that ends.
        await using CancellationTokenRegistration end = _stop.Token.Register(() => answer.TrySetCanceled());
        Post(() => ask(answer));
        await answer.Task;
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            while (!_stop.IsCancellationRequested && _posted.Reader.TryRead(out Action? work)) Do(work);
            _alarms.Ring(clock.Now, Do);
            if (_posted.Reader.TryPeek(out _)) continue;
            if (_journeys.TryPeek(out Journey? journey))
            {
                Travel(journey);
                continue;
            }
            foreach (TaskCompletionSource waiting in _settling) waiting.TrySetResult();
            _settling.Clear();
            await WaitAsync();
        }
    }

    private void Do(Action work)
    {
        try
        {
            work();
        }
        catch (ApiError refused)
        {
            log.WriteLine($"velero: {refused.Message}");
        }
        catch (Exception unexpected)
        {
            // A fault of the sandbox itself: what follows is done all the same.
            log.WriteLine($"velero failed: {unexpected}");
        }
    }

    private void Travel(Journey journey)
    {
        DateTimeOffset target = journey.Target ??= clock.Now + journey.By;
        if (_alarms.Next is { } due && due <= target)
        {
            clock.MoveTo(due);
            return;
        }
        clock.MoveTo(target);
        _journeys.Dequeue();
        journey.Arrived.TrySetResult();
    }

    private async Task WaitAsync()
    {
        TimeSpan? wait = _alarms.Next is { } due ? clock.RealTimeUntil(due) : null;
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        // A timer may be early: then the loop comes back here.
        if (wait is { } time) pause.CancelAfter(time < TimeSpan.FromHours(1) ? TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds)) : TimeSpan.FromHours(1));
        try
        {
            await _posted.Reader.WaitToReadAsync(pause.Token);
        }
        catch (OperationCanceledException)
        {
            // Time for an alarm, or for the end.
        }
    }

    private sealed class Journey(TimeSpan by, TaskCompletionSource arrived)
    {
        public TimeSpan By { get; } = by;

        public DateTimeOffset? Target { get; set; }

        public TaskCompletionSource Arrived { get; } = arrived;
    }
}
