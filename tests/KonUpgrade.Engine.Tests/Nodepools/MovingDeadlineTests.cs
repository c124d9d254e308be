using KonUpgrade.Engine.Nodepools.Draining.Running;
using KonUpgrade.Engine.Tests.Support;

namespace KonUpgrade.Engine.Tests.Nodepools;

public sealed class MovingDeadlineTests
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Where_nothing_moves_it_is_the_deadline_itself()
    {
        var time = new ManualTime();
        using var deadline = new CancellationTokenSource(s_minute, time);
        using var moving = new MovingDeadline(s_minute, time, () => null, deadline.Token);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(moving.Token.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(moving.Token.IsCancellationRequested);
    }

    [Fact]
    public void Each_move_gives_the_whole_time_once_more()
    {
        var time = new ManualTime();
        var moved = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(s_minute, time);
        using var moving = new MovingDeadline(s_minute, time, () => time.GetElapsedTime(moved), deadline.Token);
        time.Advance(TimeSpan.FromSeconds(40));
        moved = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(50));
        Assert.False(moving.Token.IsCancellationRequested);
        moved = time.GetTimestamp();
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(moving.Token.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(moving.Token.IsCancellationRequested);
    }

    [Fact]
    public void What_moved_too_long_ago_counts_as_nothing()
    {
        var time = new ManualTime();
        var moved = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(2 * s_minute, time);
        using var moving = new MovingDeadline(s_minute, time, () => time.GetElapsedTime(moved), deadline.Token);
        time.Advance(2 * s_minute);
        Assert.True(moving.Token.IsCancellationRequested);
    }

    [Fact]
    public void Once_it_is_no_longer_needed_nothing_comes_of_it()
    {
        var time = new ManualTime();
        var moved = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30), time);
        var moving = new MovingDeadline(s_minute, time, () => time.GetElapsedTime(moved), deadline.Token);
        time.Advance(TimeSpan.FromSeconds(30));
        moving.Dispose();
        time.Advance(s_minute);
        Assert.False(moving.Token.IsCancellationRequested);
        Assert.False(time.IsWaitedFor(TimeSpan.MinValue));
    }
}
