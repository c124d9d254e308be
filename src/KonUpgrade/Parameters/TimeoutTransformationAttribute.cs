using System.Globalization;
using System.Management.Automation;
using KonUpgrade.Engine.Foundation.Texts;

namespace KonUpgrade.Parameters;

/// <summary>
/// Lets a length of time be given as <c>45m</c>, <c>1h30m</c> or <c>90s</c>, as a number of seconds, or as a TimeSpan.
/// PowerShell alone would take a bare 600 for ticks.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class TimeoutTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>How many days it may be at most. Beyond 24 a timer cannot be set; what is no wait may be longer.</summary>
    public int MostDays { get; set; } = 24;

    /// <summary>Whether it may be 0: for what need not be waited for at all.</summary>
    public bool MayBeNothing { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var value = ReturnedObject.Unwrap(inputData);
        if (value is null)
            return null;
        // 45d without quotes is a number to PowerShell, a decimal, which would be taken for as many seconds.
        if (value is decimal days)
            throw new ArgumentTransformationMetadataException($"PowerShell reads {days}d as a number: write '{days}d' in quotes, or {days * 24:0.##}h.");
        var time = value switch
        {
            TimeSpan span => span,
            string text => Durations.Parse(text),
            IConvertible number and not (bool or char or DateTime) => Durations.OfSeconds(Convert.ToDouble(number, CultureInfo.InvariantCulture)),
            _ => null,
        };
        if (time is not { } given)
            throw new ArgumentTransformationMetadataException($"'{value}' is not a length of time. Write 45m, 1h30m or 90s, a number of seconds, or a TimeSpan.");
        return (given > TimeSpan.Zero || (MayBeNothing && given == TimeSpan.Zero)) && given <= TimeSpan.FromDays(MostDays)
            ? given
            : throw new ArgumentTransformationMetadataException($"'{value}' must be more than nothing and at most {MostDays} days.");
    }
}
