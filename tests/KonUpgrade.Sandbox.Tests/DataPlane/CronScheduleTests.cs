using System.Globalization;
using KonUpgrade.Sandbox.DataPlane.Batch;

namespace KonUpgrade.Sandbox.Tests.DataPlane;

public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("* * * * *", "2026-01-31T23:59:30Z", "2026-02-01T00:00:00Z")]
    [InlineData("*/15 8-10 * * *", "2026-03-01T10:45:00Z", "2026-03-02T08:00:00Z")]
    [InlineData("5,35 * * * *", "2026-03-01T10:05:00Z", "2026-03-01T10:35:00Z")]
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 12 * * MON-FRI", "2026-11-20T12:00:00Z", "2026-11-23T12:00:00Z")]
    [InlineData("0 12 * * 7", "2026-11-20T12:00:00Z", "2026-11-22T12:00:00Z")]
    [InlineData("0 0 13 * FRI", "2026-11-21T00:00:00Z", "2026-11-27T00:00:00Z")]
    [InlineData("@hourly", "2026-11-21T00:00:00Z", "2026-11-21T01:00:00Z")]
    [InlineData("@monthly", "2026-12-21T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("30 3 1 jan *", "2026-11-21T00:00:00Z", "2027-01-01T03:30:00Z")]
    public void The_next_moment_is_the_one_that_cron_means(string schedule, string after, string next)
        => Assert.Equal(Time(next), CronSchedule.Parse(schedule).Next(Time(after)));

    [Fact]
    public void A_zone_of_its_own_counts_with_its_summer_time()
    {
        CronSchedule berlin = CronSchedule.Parse("30 2 * * *", "Europe/Berlin");
        Assert.Equal(Time("2026-01-10T01:30:00Z"), berlin.Next(Time("2026-01-10T00:00:00Z")));
        Assert.Equal(Time("2026-07-10T00:30:00Z"), berlin.Next(Time("2026-07-10T00:00:00Z")));
        // On 29 March 2026 there is no half past two.
        Assert.Equal(Time("2026-03-30T00:30:00Z"), berlin.Next(Time("2026-03-28T12:00:00Z")));
    }

    [Theory]
    [InlineData("* * * *")]
    [InlineData("60 * * * *")]
    [InlineData("a * * * *")]
    [InlineData("5-1 * * * *")]
    [InlineData("*/0 * * * *")]
    [InlineData("@never")]
    public void What_is_no_schedule_is_refused(string schedule) => Assert.Throws<FormatException>(() => CronSchedule.Parse(schedule));

    [Fact]
    public void A_day_that_never_comes_has_no_next_moment() => Assert.Null(CronSchedule.Parse("0 0 31 2 *").Next(Time("2026-01-01T00:00:00Z")));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
