using System.Globalization;
using System.Text.RegularExpressions;

namespace KonUpgrade.Sandbox.Velero;

/// <summary>Durations as Go reads and writes them: 720h0m0s.</summary>
internal static partial class GoDurations
{
    /// <summary>Null when it is none.</summary>
    public static TimeSpan? Read(string text)
    {
        if (text == "0") return TimeSpan.Zero;
        Match match = IsDuration().Match(text);
        if (!match.Success) return null;
        double seconds = 0;
        for (int i = 0; i < match.Groups["number"].Captures.Count; i++)
        {
            double number = double.Parse(match.Groups["number"].Captures[i].ValueSpan, CultureInfo.InvariantCulture);
            seconds += number * match.Groups["unit"].Captures[i].Value switch { "h" => 3600, "m" => 60, "s" => 1, "ms" => 1e-3, "us" or "µs" => 1e-6, _ => 1e-9 };
        }
        return seconds < 1e10 ? TimeSpan.FromSeconds(match.Groups["sign"].Value == "-" ? -seconds : seconds) : null;
    }

    public static string Write(TimeSpan time) => time switch
    {
        _ when time.TotalHours >= 1 => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}h{time.Minutes}m{time.Seconds}s"),
        _ when time.TotalMinutes >= 1 => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}m{time.Seconds}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###}s"),
    };

    [GeneratedRegex(@"^(?<sign>[-+]?)(?:(?<number>\d{1,9}(?:\.\d{1,9})?)(?<unit>h|ms|m|s|us|µs|ns))+\z")]
    private static partial Regex IsDuration();
}
