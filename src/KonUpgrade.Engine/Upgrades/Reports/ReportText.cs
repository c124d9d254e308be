using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Reports;

/// <summary>Texts of journals and lists as a report has them: of a length that a page bears, and without what looks like a secret, whoever wrote it.</summary>
internal static class ReportText
{
    private const int Most = 2000;

    /// <summary>The text; null for none.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text)
    {
        if (text is null)
            return null;
        // What is cut off first could hide the beginning of a secret from the mask, so that is asked of the whole.
        text = SecretMask.Mask(text.Length > 16 * Most ? text[..(16 * Most)] : text).Trim();
        return text.Length <= Most ? text : string.Create(CultureInfo.InvariantCulture, $"{text[..Most]}… ({text.Length - Most} characters more)");
    }

    /// <summary>The failure; null for none.</summary>
    public static Failure? Of(Failure? failure) => failure is null ? null : failure with { Message = Of(failure.Message), Recommendation = Of(failure.Recommendation), Target = Of(failure.Target) };

    /// <summary>An object as people write it: <c>Deployment shop/web</c>.</summary>
    public static string Name(string kind, string? @namespace, string name) => $"{kind} {(@namespace is null ? "" : $"{@namespace}/")}{name}".TrimEnd();

    /// <summary>A number of things.</summary>
    public static string Count(long count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");

    /// <summary>A length of time: <c>3 d 4 h</c>, <c>12 min</c>, <c>4.2 s</c>.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 9.95 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalSeconds):0.0} s"),
        { TotalSeconds: < 119.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalMinutes: < 119.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        { TotalHours: < 48 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.Days} d {time.Hours} h"),
    };

    /// <summary>A time.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
