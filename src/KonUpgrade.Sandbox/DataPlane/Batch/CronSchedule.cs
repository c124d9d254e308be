using System.Globalization;

namespace KonUpgrade.Sandbox.DataPlane.Batch;

/// <summary>A schedule as cron writes it: five fields (minute, hour, day, month, weekday), or <c>@hourly</c> and its like.</summary>
internal sealed class CronSchedule
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    // 29 February on a given weekday comes within 28 years, or never.
    private const int FarthestYears = 28;

    private readonly bool[] _minutes;
    private readonly bool[] _hours;
    private readonly bool[] _days;
    private readonly bool[] _months;
    private readonly bool[] _weekdays;
    private readonly bool _eitherDay;
    private readonly TimeZoneInfo _zone;

    private CronSchedule(string[] fields, TimeZoneInfo zone)
    {
        _minutes = Read(fields[0], 0, 59, []);
        _hours = Read(fields[1], 0, 23, []);
        _days = Read(fields[2], 1, 31, []);
        _months = Read(fields[3], 1, 12, Months, firstName: 1);
        _weekdays = Read(fields[4], 0, 7, Weekdays);
        // Sunday has two numbers.
        _weekdays[0] |= _weekdays[7];
        // Where both are restricted one of them is enough.
        _eitherDay = !IsAny(fields[2]) && !IsAny(fields[4]);
        _zone = zone;
    }

    /// <summary>Reads a schedule.</summary>
    /// <param name="text">Five fields or a word, with <c>TZ=</c> or <c>CRON_TZ=</c> before it where it says so.</param>
    /// <param name="timeZone">The zone that it is meant in; null for UTC.</param>
    /// <exception cref="FormatException">It cannot be read.</exception>
    public static CronSchedule Parse(string text, string? timeZone = null)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 0 && (words[0].StartsWith("TZ=", StringComparison.Ordinal) || words[0].StartsWith("CRON_TZ=", StringComparison.Ordinal)))
        {
            timeZone ??= words[0][(words[0].IndexOf('=', StringComparison.Ordinal) + 1)..];
            words = words[1..];
        }
        if (words is [var word] && word.StartsWith('@'))
        {
            words = (word switch
            {
                "@yearly" or "@annually" => "0 0 1 1 *",
                "@monthly" => "0 0 1 * *",
                "@weekly" => "0 0 * * 0",
                "@daily" or "@midnight" => "0 0 * * *",
                "@hourly" => "0 * * * *",
                _ => throw new FormatException($"unrecognized descriptor: {word}"),
            }).Split(' ');
        }
        if (words.Length != 5) throw new FormatException($"expected exactly 5 fields, found {words.Length}: [{string.Join(' ', words)}]");
        try
        {
            return new CronSchedule(words, timeZone is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(timeZone));
        }
        catch (Exception unknown) when (unknown is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new FormatException($"unknown time zone {timeZone}", unknown);
        }
    }

    /// <summary>The first moment after another; null when none comes.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        DateTime local = TimeZoneInfo.ConvertTime(after, _zone).DateTime;
        var at = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0, DateTimeKind.Unspecified);
        at = at.AddMinutes(1);
        DateTime end = at.AddYears(FarthestYears);
        while (at < end)
        {
            if (!_months[at.Month]) at = new DateTime(at.Year, at.Month, 1, 0, 0, 0, DateTimeKind.Unspecified).AddMonths(1);
            else if (!IsDay(at)) at = at.Date.AddDays(1);
            else if (!_hours[at.Hour]) at = at.Date.AddHours(at.Hour + 1);
            // An hour that the change to summer time leaves out.
            else if (!_minutes[at.Minute] || _zone.IsInvalidTime(at)) at = at.AddMinutes(1);
            else
            {
                var found = new DateTimeOffset(at, _zone.GetUtcOffset(at));
                if (found > after) return found.ToUniversalTime();
                at = at.AddMinutes(1);
            }
        }
        return null;
    }

    private bool IsDay(DateTime at)
    {
        bool day = _days[at.Day], weekday = _weekdays[(int)at.DayOfWeek];
        return _eitherDay ? day || weekday : day && weekday;
    }

    private static bool IsAny(string field) => field.StartsWith('*') || field.StartsWith('?');

    private static bool[] Read(string field, int least, int most, string[] names, int firstName = 0)
    {
        bool[] values = new bool[most + 1];
        foreach (string part in field.Split(','))
        {
            string[] stepped = part.Split('/', 2);
            int step = stepped.Length == 2 ? Number(stepped[1], field, []) : 1;
            if (step < 1) throw new FormatException($"step of range should be a positive number: {field}");
            int from, to;
            if (stepped[0] is "*" or "?")
            {
                (from, to) = (least, most);
            }
            else
            {
                string[] range = stepped[0].Split('-', 2);
                from = Number(range[0], field, names, firstName);
                to = range.Length == 2 ? Number(range[1], field, names, firstName) : stepped.Length == 2 ? most : from;
            }
            if (from < least || to > most || from > to) throw new FormatException($"{field} is not between {least} and {most}");
            for (int i = from; i <= to; i += step) values[i] = true;
        }
        return values;
    }

    private static int Number(string text, string field, string[] names, int firstName = 0)
    {
        int name = Array.FindIndex(names, known => known.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (name >= 0) return name + firstName;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw new FormatException($"failed to parse int from {text}: {field}");
    }
}
