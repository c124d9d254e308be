namespace KonUpgrade.Engine.Nodepools.Draining.Running;

/// <summary>A deadline that is put off for as long as what is waited for moves on.</summary>
internal sealed class MovingDeadline : IDisposable
{
    private readonly object _lock = new();
    private readonly CancellationTokenSource _over = new();
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly Func<TimeSpan?> _sinceMoved;
    private readonly CancellationTokenRegistration _registration;
    private ITimer? _timer;
    private bool _isDisposed;

    /// <summary>Begins.</summary>
    /// <param name="patience">How long is waited once more after each move.</param>
    /// <param name="time">The clock.</param>
    /// <param name="sinceMoved">How long ago it moved; null where it never did.</param>
    /// <param name="deadline">Cancelled when the time is over.</param>
    public MovingDeadline(TimeSpan patience, TimeProvider time, Func<TimeSpan?> sinceMoved, CancellationToken deadline)
    {
        _patience = patience;
        _time = time;
        _sinceMoved = sinceMoved;
        Token = _over.Token;
        _registration = deadline.Register(Look);
    }

    /// <summary>Cancelled when the time is over and nothing has moved for that long.</summary>
    public CancellationToken Token { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        lock (_lock)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
        _over.Dispose();
    }

    private void Look()
    {
        lock (_lock)
        {
            if (_isDisposed)
                return;
            if (_sinceMoved() is { } since && since < _patience)
            {
                _timer?.Dispose();
                _timer = _time.CreateTimer(_ => Look(), null, _patience - since, Timeout.InfiniteTimeSpan);
                return;
            }
        }
        try
        {
            _over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself a moment ago.
        }
    }
}
