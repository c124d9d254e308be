using System.Diagnostics;

namespace KonUpgrade.Sandbox.DataPlane.Clocks;

/// <summary>The clock of a cluster: it begins with the real time, and goes as fast as it is told, or only by hand.</summary>
internal sealed class SimulationClock
{
    private readonly object _gate = new();
    private DateTimeOffset _then = DateTimeOffset.UtcNow;
    private long _since = Stopwatch.GetTimestamp();
    private double _speed = 1;

    public DateTimeOffset Now
    {
        get { lock (_gate) return Read(); }
    }

    /// <summary>Seconds of the cluster in one real second; 0: it stands still.</summary>
    public double Speed
    {
        get { lock (_gate) return _speed; }
        set
        {
            lock (_gate)
            {
                Anchor(Read());
                _speed = value;
            }
        }
    }

    /// <summary>Moves it forward; never back.</summary>
    public void MoveTo(DateTimeOffset time)
    {
        lock (_gate)
        {
            if (time > Read()) Anchor(time);
        }
    }

    /// <summary>How long it really takes until a moment comes; null when it does not come by itself.</summary>
    public TimeSpan? RealTimeUntil(DateTimeOffset time)
    {
        lock (_gate)
        {
            TimeSpan left = time - Read();
            if (left <= TimeSpan.Zero) return TimeSpan.Zero;
            return _speed <= 0 ? null : left / _speed;
        }
    }

    private DateTimeOffset Read() => _speed <= 0 ? _then : _then + Stopwatch.GetElapsedTime(_since) * _speed;

    private void Anchor(DateTimeOffset time)
    {
        _then = time;
        _since = Stopwatch.GetTimestamp();
    }
}
