using System.Globalization;

namespace KonUpgrade.Engine.Velero.Objects;

/// <summary>Lengths of time as Go writes them: <c>720h0m0s</c>.</summary>
internal static class GoDuration
{
    /// <summary>Writes one, in whole seconds.</summary>
    public static string Write(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}h{time.Minutes}m{time.Seconds}s");
}
