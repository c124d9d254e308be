namespace KonUpgrade.Engine.Foundation.Retry;

/// <summary>
/// The waits of one call under a <see cref="RetryPolicy"/>. Full jitter: each wait is drawn between nothing and the
/// exponential bound, so that many callers who failed together don't come back together.
/// </summary>
/// <param name="policy">How often, how fast and how long.</param>
/// <param name="time">The clock.</param>
/// <param name="jitter">Gives the drawn part of the bound, 0 to 1; null for a random one.</param>
public sealed class Backoff(RetryPolicy policy, TimeProvider time, Func<double>? jitter = null)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>How many tries have begun.</summary>
    public int Attempts { get; private set; } = 1;

    /// <summary>How long ago the first try began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Says whether another try is allowed, and how long to wait for it.</summary>
    /// <param name="retryAfter">What the server asked for. It is waited at least, with a little jitter on top.</param>
    /// <param name="delay">How long to wait.</param>
    /// <returns>False when the tries or the time are used up.</returns>
    public bool TryNext(TimeSpan? retryAfter, out TimeSpan delay)
    {
        delay = TimeSpan.Zero;
        if (Attempts >= policy.MaxAttempts)
            return false;
        var draw = jitter?.Invoke() ?? Random.Shared.NextDouble();
        var doublings = Math.Min(Attempts - 1, 30);
        var bound = Math.Min(policy.BaseDelay.TotalMilliseconds * Math.Pow(2, doublings), policy.MaxDelay.TotalMilliseconds);
        delay = retryAfter is { } asked && asked > TimeSpan.Zero
            ? asked + TimeSpan.FromMilliseconds(policy.BaseDelay.TotalMilliseconds * draw)
            : TimeSpan.FromMilliseconds(bound * draw);
        if (Elapsed + delay > policy.Deadline)
            return false;
        Attempts++;
        return true;
    }

    /// <summary>Waits on the policy's clock.</summary>
    public Task WaitAsync(TimeSpan delay, CancellationToken cancellationToken) =>
        delay > TimeSpan.Zero ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;
}
