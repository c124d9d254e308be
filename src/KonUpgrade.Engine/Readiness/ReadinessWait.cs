using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness;

/// <summary>That it is waited until nothing blocks any more.</summary>
/// <param name="Limit">For how long; null for as long as it takes.</param>
public sealed record ReadinessWait(TimeSpan? Limit)
{
    /// <summary>What time it is.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>A token that ends with the time or with another one; the caller disposes of it.</summary>
    internal ReadinessDeadline Begin(CancellationToken cancellationToken) => new(this, cancellationToken);

    /// <summary>Whether a failure may pass by itself while it is waited.</summary>
    internal static bool MayPass(UpgradeException e) => e.Failure.Kind is FailureKind.Unavailable or FailureKind.Timeout or FailureKind.LimitsExceeded;
}

/// <summary>The end of a wait.</summary>
internal sealed class ReadinessDeadline : IDisposable
{
    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _outer;

    public ReadinessDeadline(ReadinessWait wait, CancellationToken cancellationToken)
    {
        _outer = cancellationToken;
        _time = new CancellationTokenSource(wait.Limit ?? Timeout.InfiniteTimeSpan, wait.Time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _time.Token);
    }

    /// <summary>Cancelled when the time is over, and when the caller stops.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Whether it is the time that is over, and nobody has stopped.</summary>
    public bool IsOver => _time.IsCancellationRequested && !_outer.IsCancellationRequested;

    public void Dispose()
    {
        _either.Dispose();
        _time.Dispose();
    }
}
