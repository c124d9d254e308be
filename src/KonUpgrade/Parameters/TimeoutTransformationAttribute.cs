using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace KonUpgrade.Parameters;

/// <summary>
/// Lets a length of time be given as <c>45m</c>, <c>1h30m</c> or <c>90s</c>, as a number of seconds, or as a TimeSpan.
/// PowerShell alone would take a bare 600 for ticks.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed partial class TimeoutTransformationAttribute : ArgumentTransformationAttribute
{
    // Beyond this a timer cannot be set; nobody waits that long either.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = ReturnedObject.Unwrap(inputData);
        if (value is null)
            return null;
        var time = value switch
        {
            TimeSpan span => span,
            string text => Parse(text),
            IConvertible number and not (bool or char or DateTime) => Seconds(Convert.ToDouble(number, CultureInfo.InvariantCulture)),
            _ => null,
        };
        if (time is not { } given)
            throw new ArgumentTransformationMetadataException($"'{value}' is not a length of time. Write 45m, 1h30m or 90s, a number of seconds, or a TimeSpan.");
        return given > TimeSpan.Zero && given <= Longest
            ? given
            : throw new ArgumentTransformationMetadataException($"'{value}' must be more than nothing and at most {Longest.TotalDays} days.");
    }

    private static TimeSpan? Parse(string text)
    {
        text = text.Trim();
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
            return Seconds(seconds);
        if (Units().Match(text) is { Success: true, Length: > 0 } match)
        {
            return Seconds(
                (Part(match, "d") * 86400) + (Part(match, "h") * 3600) + (Part(match, "m") * 60) + Part(match, "s") + (Part(match, "ms") / 1000));
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null;
    }

    private static double Part(Match match, string unit) =>
        match.Groups[unit] is { Success: true } group ? double.Parse(group.ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : 0;

    private static TimeSpan? Seconds(double seconds) =>
        double.IsFinite(seconds) && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;

    [GeneratedRegex(
        @"^(?=.)(?:(?<d>[0-9]+(?:\.[0-9]+)?)d)?(?:(?<h>[0-9]+(?:\.[0-9]+)?)h)?(?:(?<m>[0-9]+(?:\.[0-9]+)?)m)?(?:(?<s>[0-9]+(?:\.[0-9]+)?)s)?(?:(?<ms>[0-9]+(?:\.[0-9]+)?)ms)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Units();
}
