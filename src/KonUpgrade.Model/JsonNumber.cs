using System.Globalization;

namespace KonUpgrade.Model;

/// <summary>
/// A number of a manifest that no type of .NET holds without loss, such as <c>1e400</c> or one of forty digits: its text,
/// as JSON writes it.
/// </summary>
/// <param name="Text">The number, as JSON writes it.</param>
public sealed record JsonNumber(string Text)
{
    /// <summary>The number as nearly as a double holds it; infinite where it is too large.</summary>
    public static explicit operator double(JsonNumber number) => number.ToDouble();

    /// <summary>The number as nearly as a double holds it; infinite where it is too large.</summary>
    public double ToDouble() => double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
