using System.Threading.Channels;
using KonUpgrade.Sandbox.Api;
using KonUpgrade.Sandbox.DataPlane.Caches;
using KonUpgrade.Sandbox.DataPlane.Disruptions;
using KonUpgrade.Sandbox.Storage;

namespace KonUpgrade.Sandbox.DataPlane.Work;

/// <summary>
/// Does all the work of a data plane, one step after another: takes the store's changes as they come, lets controllers
/// work at what they concern, and sleeps until the next change or alarm. A change that a controller makes itself is seen
/// before the next step, so that none ever works with an old picture.
/// </summary>
internal sealed class PlaneLoop : IAsyncDisposable
{
    private readonly SimulatedCluster _cluster;
    private readonly PlaneContext _plane;
    private readonly List<Controller> _controllers;
    private readonly Dictionary<Collection, IObjectCache> _followed;
    private readonly Channel<Signal> _signals = Channel.CreateUnbounded<Signal>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<TaskCompletionSource> _settling = [];
    private readonly Queue<Journey> _journeys = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private int _next;

    public PlaneLoop(SimulatedCluster cluster, PlaneContext plane, IReadOnlyList<Controller> controllers)
    {
        _cluster = cluster;
        _plane = plane;
        _controllers = [.. controllers];
        _followed = plane.Caches.All.ToDictionary(cache => cache.Collection);
    }

    public void Start()
    {
        // The changes are followed first: what is there and in a change as well is known by its revision.
        _cluster.Store.Changed += Follow;
        foreach (IObjectCache cache in _followed.Values) cache.Fill(_cluster.Store.Snapshot(cache.Collection).Objects);
        _plane.Caches.CountAll();
        foreach (Controller controller in _controllers) controller.EnqueueAll();
        _running = Task.Run(RunAsync);
    }

    /// <summary>Has something done within the loop.</summary>
    public void Post(Action work) => _signals.Writer.TryWrite(new Signal(null, null, work, null, default));

    /// <summary>Takes one more controller. Within the loop.</summary>
    public void Attach(Controller controller)
    {
        _controllers.Add(controller);
        controller.EnqueueAll();
    }

    /// <summary>Completes when nothing is left to do at this moment of the clock.</summary>
    public Task SettleAsync()
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Ask(settled, () => _settling.Add(settled));
    }

    /// <summary>Moves the clock on, from one alarm to the next, and completes when all that happens on the way is done.</summary>
    public Task AdvanceAsync(TimeSpan by)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Ask(arrived, () => _journeys.Enqueue(new Journey(by, arrived)));
    }

    // Nobody waits for ever for a loop that has ended.
    private Task Ask(TaskCompletionSource answer, Action work)
    {
        if (!_signals.Writer.TryWrite(new Signal(null, null, work, answer, default))) answer.TrySetCanceled();
        return answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _cluster.Store.Changed -= Follow;
        await _stop.CancelAsync();
        await _running;
        _signals.Writer.TryComplete();
        while (_signals.Reader.TryRead(out Signal left)) left.Answer?.TrySetCanceled();
        foreach (TaskCompletionSource waiting in _settling.Concat(_journeys.Select(journey => journey.Arrived))) waiting.TrySetCanceled();
        _stop.Dispose();
    }

    // Called under the store's gate.
    private void Follow(Collection collection, StoreEvent change)
    {
        if (_followed.ContainsKey(collection)) _signals.Writer.TryWrite(new Signal(collection, change, null, null, _plane.Disruptions.Cause ?? DisruptionCause.Deletion));
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Work();
            if (_stop.IsCancellationRequested) return;
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

    // Until nothing is left to do now.
    private void Work()
    {
        do
        {
            if (_stop.IsCancellationRequested) return;
            while (_signals.Reader.TryRead(out Signal signal)) Take(signal);
            _plane.Alarms.Ring(_plane.Now);
        }
        while (Step());
    }

    private void Take(Signal signal)
    {
        try
        {
            if (signal.Work is { } work)
            {
                work();
                return;
            }
            _plane.CauseOfChange = signal.Cause;
            _followed[signal.Collection!].Apply(signal.Change!);
        }
        catch (Exception unexpected)
        {
            // A fault of the sandbox itself, as in a step of a controller: what follows is taken all the same.
            _plane.Log($"{signal.Change?.Object.Key ?? "what was asked of the data plane"} failed: {unexpected}");
        }
    }

    // Each controller in its turn, so that none waits for another's thousand objects.
    private bool Step()
    {
        for (int tried = 0; tried < _controllers.Count; tried++)
        {
            Controller controller = _controllers[_next];
            _next = (_next + 1) % _controllers.Count;
            try
            {
                if (controller.Step()) return true;
            }
            catch (Exception unexpected)
            {
                // A fault of the sandbox itself: it must not take all other work with it.
                _plane.Log($"{controller.GetType().Name} failed: {unexpected}");
                return true;
            }
        }
        return false;
    }

    private void Travel(Journey journey)
    {
        DateTimeOffset target = journey.Target ??= _plane.Now + journey.By;
        if (_plane.Alarms.Next is { } due && due <= target)
        {
            _plane.Clock.MoveTo(due);
            return;
        }
        _plane.Clock.MoveTo(target);
        _journeys.Dequeue();
        journey.Arrived.TrySetResult();
    }

    private async Task WaitAsync()
    {
        TimeSpan? wait = _plane.Alarms.Next is { } due ? _plane.Clock.RealTimeUntil(due) : null;
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        // A timer may be early: then the loop comes back here.
        if (wait is { } time) pause.CancelAfter(time < TimeSpan.FromHours(1) ? TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds)) : TimeSpan.FromHours(1));
        try
        {
            await _signals.Reader.WaitToReadAsync(pause.Token);
        }
        catch (OperationCanceledException)
        {
            // Time for an alarm, or for the end.
        }
    }

    private readonly record struct Signal(Collection? Collection, StoreEvent? Change, Action? Work, TaskCompletionSource? Answer, DisruptionCause Cause);

    private sealed class Journey(TimeSpan by, TaskCompletionSource arrived)
    {
        public TimeSpan By { get; } = by;

        public DateTimeOffset? Target { get; set; }

        public TaskCompletionSource Arrived { get; } = arrived;
    }
}
