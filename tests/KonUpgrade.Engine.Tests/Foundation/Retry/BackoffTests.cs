using KonUpgrade.Engine.Foundation.Retry;
using KonUpgrade.Engine.Tests.Support;

namespace KonUpgrade.Engine.Tests.Foundation.Retry;

public sealed class BackoffTests
{
    private static readonly RetryPolicy Policy = new()
    {
        BaseDelay = TimeSpan.FromSeconds(1),
        MaxDelay = TimeSpan.FromSeconds(8),
        MaxAttempts = 6,
        Deadline = TimeSpan.FromMinutes(1),
    };

    [Fact]
    public void Waits_double_up_to_the_ceiling_and_end_with_the_tries()
    {
        var backoff = new Backoff(Policy, new ManualTime(), () => 1);
        var waits = new List<double>();
        while (backoff.TryNext(null, out var delay))
            waits.Add(delay.TotalSeconds);
        Assert.Equal([1, 2, 4, 8, 8], waits);
        Assert.Equal(6, backoff.Attempts);
    }

    [Fact]
    public void Jitter_is_full()
    {
        Assert.True(new Backoff(Policy, new ManualTime(), () => 0).TryNext(null, out var none));
        Assert.Equal(TimeSpan.Zero, none);
        Assert.True(new Backoff(Policy, new ManualTime(), () => 0.5).TryNext(null, out var half));
        Assert.Equal(TimeSpan.FromSeconds(0.5), half);
    }

    [Fact]
    public void What_the_server_asks_for_is_waited_at_least()
    {
        Assert.True(new Backoff(Policy, new ManualTime(), () => 0.5).TryNext(TimeSpan.FromSeconds(20), out var delay));
        Assert.Equal(TimeSpan.FromSeconds(20.5), delay);
    }

    [Fact]
    public void No_try_begins_after_the_deadline()
    {
        var time = new ManualTime();
        var backoff = new Backoff(Policy, time, () => 1);
        Assert.False(backoff.TryNext(TimeSpan.FromSeconds(60), out _));
        time.Advance(TimeSpan.FromSeconds(59.5));
        Assert.False(backoff.TryNext(null, out _));
    }
}
