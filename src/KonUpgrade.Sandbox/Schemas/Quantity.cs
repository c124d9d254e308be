using System.Globalization;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>Resource quantities: 100m, 1Gi, 1e3.</summary>
internal static class Quantity
{
    private static readonly string[] Binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    private static readonly string[] Decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

    /// <summary>
    /// The text the server writes for a quantity: the largest suffix of its family that leaves a whole number; null when
    /// it is none or is beyond what is reckoned here, and then it stays as it is.
    /// </summary>
    public static string? Canonical(JsonNode? value)
    {
        var text = Json.Text(value) ?? (Json.TryNumber(value, out _) ? Json.Compact(value) : null);
        if (text is null || !TrySplit(text, out var number, out var suffix))
            return null;
        var binary = Array.IndexOf(Binary, suffix);
        if (binary > 0)
        {
            for (var i = 0; i < binary; i++)
                number *= 1024m;
            // Below one unit the server writes decimal.
            if (number == Math.Truncate(number) && Math.Abs(number) >= 1024m)
                return InBinary(number);
            return InDecimal(number);
        }
        if (suffix.Length > 0 && suffix[0] is 'e' or 'E' && suffix.Length > 1)
        {
            var exponent = int.Parse(suffix.AsSpan(1), CultureInfo.InvariantCulture);
            return exponent is < -9 or > 18 ? null : text;
        }
        var power = Array.IndexOf(Decimal, suffix) - 3;
        for (var i = 0; i < power; i++)
            number *= 1000m;
        for (var i = 0; i > power; i--)
            number /= 1000m;
        return InDecimal(number);
    }

    /// <summary>The number that a quantity stands for; null when it is none or is beyond what is reckoned here.</summary>
    public static decimal? Value(JsonNode? value)
    {
        var text = Json.Text(value) ?? (Json.TryNumber(value, out _) ? Json.Compact(value) : null);
        if (text is null || !TrySplit(text, out var number, out var suffix))
            return null;
        var binary = Array.IndexOf(Binary, suffix);
        if (binary >= 0)
        {
            for (var i = 0; i < binary; i++)
                number *= 1024m;
            return number;
        }
        var power = Array.IndexOf(Decimal, suffix) - 3;
        if (power < -3)
            return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real : null;
        for (var i = 0; i < power; i++)
            number *= 1000m;
        for (var i = 0; i > power; i--)
            number /= 1000m;
        return number;
    }

    /// <summary>True when the text is a quantity.</summary>
    public static bool IsValid(string text) => TrySplit(text, out _, out _);

    private static bool TrySplit(string text, out decimal number, out string suffix)
    {
        var end = 0;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.' || (end == 0 && text[end] is '+' or '-')))
            end++;
        suffix = text[end..];
        number = 0;
        var known = Array.IndexOf(Binary, suffix) >= 0 || Array.IndexOf(Decimal, suffix) >= 0
            || (suffix.Length > 1 && suffix[0] is 'e' or 'E' && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _));
        return known && end > 0 && decimal.TryParse(text.AsSpan(0, end), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
            && Math.Abs(number) < 1e12m;
    }

    private static string InBinary(decimal number)
    {
        var i = 0;
        while (i + 1 < Binary.Length && number != 0 && number % 1024m == 0)
        {
            number /= 1024m;
            i++;
        }
        return number.ToString("0", CultureInfo.InvariantCulture) + Binary[i];
    }

    private static string InDecimal(decimal number)
    {
        // Finer than a billionth is rounded up.
        var nano = Math.Ceiling(Math.Abs(number) * 1_000_000_000m) * Math.Sign(number);
        var i = 0;
        while (i + 1 < Decimal.Length && nano != 0 && nano % 1000m == 0)
        {
            nano /= 1000m;
            i++;
        }
        return nano == 0 ? "0" : nano.ToString("0", CultureInfo.InvariantCulture) + Decimal[i];
    }
}
