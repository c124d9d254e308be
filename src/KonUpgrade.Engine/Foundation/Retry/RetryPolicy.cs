namespace KonUpgrade.Engine.Foundation.Retry;

/// <summary>How often, how fast and how long something is tried again: exponential with full jitter, a ceiling and a deadline.</summary>
public sealed record RetryPolicy
{
    /// <summary>The policy for calls to an API server.</summary>
    public static RetryPolicy Default { get; } = new();

    /// <summary>One try and no more.</summary>
    public static RetryPolicy None { get; } = new() { MaxAttempts = 1 };

    /// <summary>For a write of what somebody else may have changed meanwhile, which is looked at again before each try.</summary>
    public static RetryPolicy Conflicts { get; } = new()
    {
        MaxAttempts = 8,
        BaseDelay = TimeSpan.FromMilliseconds(50),
        MaxDelay = TimeSpan.FromSeconds(2),
        Deadline = TimeSpan.FromSeconds(30),
    };

    /// <summary>Tries in all, the first one counted.</summary>
    public int MaxAttempts { get; init; } = 12;

    /// <summary>The most that is waited before the second try. It doubles with each further one.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The ceiling of one wait. A server's own Retry-After may be longer.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>No try begins later than this after the first one began.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);
}
