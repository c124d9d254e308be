using System.Globalization;

namespace KonUpgrade.Sandbox.DataPlane;

/// <summary>Times as people write them: 500ms, 5s, 2m, 1h, never.</summary>
internal static class Durations
{
    /// <summary>Reads a time; <see cref="Timeout.InfiniteTimeSpan"/> for never; null when it is none.</summary>
    public static TimeSpan? Read(string? text)
    {
        if (text is null) return null;
        if (text == "never") return Timeout.InfiniteTimeSpan;
        (string unit, double seconds) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => ("ms", 0.001),
            _ when text.EndsWith('s') => ("s", 1),
            _ when text.EndsWith('m') => ("m", 60),
            _ when text.EndsWith('h') => ("h", 3600),
            _ => (string.Empty, 0),
        };
        if (unit.Length == 0) return null;
        return double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number < 1e6
            ? TimeSpan.FromSeconds(number * seconds)
            : null;
    }

    /// <summary>The moment a time after another; null for never.</summary>
    public static DateTimeOffset? After(DateTimeOffset from, TimeSpan wait) => wait == Timeout.InfiniteTimeSpan ? null : from + wait;

    /// <summary>A time as it is read.</summary>
    public static string Write(TimeSpan time)
        => time == Timeout.InfiniteTimeSpan ? "never" : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###}s");
}
