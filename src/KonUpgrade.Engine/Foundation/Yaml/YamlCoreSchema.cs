using System.Globalization;
using System.Numerics;
using System.Text;

namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>
/// What a plain scalar means, as the tools around Kubernetes read it: YAML 1.1 booleans with <c>y</c> and <c>n</c>,
/// octal <c>014</c> beside <c>0o14</c>, underscores in numbers, timestamps as strings.
/// Seen by giving each form to kubectl 1.32.
/// </summary>
internal static class YamlCoreSchema
{
    /// <summary>Resolves an untagged plain scalar.</summary>
    /// <returns>Its kind and JSON text; kind null where it is a number that JSON can't hold (<c>.inf</c>, <c>.nan</c>).</returns>
    public static (YamlScalarKind? Kind, string Text) Resolve(string value)
    {
        switch (value)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return (YamlScalarKind.Null, "");
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return (YamlScalarKind.Boolean, "true");
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return (YamlScalarKind.Boolean, "false");
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF" or ".nan" or ".NaN" or ".NAN":
                return (null, "");
        }

        return char.IsAsciiDigit(value[0]) || value[0] is '+' or '-' or '.'
            ? Number(value) is { } number ? (YamlScalarKind.Number, number) : (YamlScalarKind.String, value)
            : (YamlScalarKind.String, value);
    }

    /// <summary>The number as JSON writes it, digits unchanged where JSON allows them, or null where it is none.</summary>
    public static string? Number(string value)
    {
        if (IsJsonNumber(value))
            return IsFinite(value) ? value : null;
        if (value[0] != '.' && value.Contains('_', StringComparison.Ordinal))
            value = value.Replace("_", "", StringComparison.Ordinal);
        var negative = value.Length > 0 && value[0] == '-';
        var digits = value.AsSpan(value.Length > 0 && value[0] is '+' or '-' ? 1 : 0);
        if (digits.Length == 0)
            return null;
        if (digits[0] == '0' && digits.Length > 1 && WithBase(digits) is { } based)
            return negative && based != "0" ? "-" + based : based;
        return Decimal(digits, negative);
    }

    private static string? WithBase(ReadOnlySpan<char> digits)
    {
        var radix = digits[1] switch
        {
            'x' or 'X' => 16,
            'b' or 'B' => 2,
            _ => 8,
        };
        var rest = char.IsAsciiDigit(digits[1]) ? digits[1..] : digits[2..];
        if (!char.IsAsciiDigit(digits[1]) && digits[1] is not ('x' or 'X' or 'o' or 'O' or 'b' or 'B'))
            return null;
        if (rest.Length is 0 or > 128)
            return null;
        var sum = BigInteger.Zero;
        foreach (var c in rest)
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : 99;
            if (digit >= radix)
                return null;
            sum = sum * radix + digit;
        }

        return sum <= ulong.MaxValue ? sum.ToString(CultureInfo.InvariantCulture) : null;
    }

    // [0-9]*(\.[0-9]*)?([eE][-+]?[0-9]+)?, with a digit somewhere, written as JSON wants it.
    private static string? Decimal(ReadOnlySpan<char> digits, bool negative)
    {
        var at = 0;
        while (at < digits.Length && char.IsAsciiDigit(digits[at]))
            at++;
        var whole = digits[..at].TrimStart('0');
        var hasDigit = at > 0;
        var fraction = ReadOnlySpan<char>.Empty;
        if (at < digits.Length && digits[at] == '.')
        {
            var start = ++at;
            while (at < digits.Length && char.IsAsciiDigit(digits[at]))
                at++;
            fraction = digits[start..at];
            hasDigit |= fraction.Length > 0;
        }

        var exponent = digits[at..];
        if (!hasDigit || !IsExponent(exponent))
            return null;
        var text = new StringBuilder(digits.Length + 3);
        if (negative)
            text.Append('-');
        if (whole.Length == 0)
            text.Append('0');
        text.Append(whole);
        if (fraction.Length > 0)
            text.Append('.').Append(fraction);
        text.Append(exponent);
        var number = text.ToString();
        return IsFinite(number) ? number : null;
    }

    private static bool IsExponent(ReadOnlySpan<char> text)
    {
        if (text.Length == 0)
            return true;
        if (text[0] is not ('e' or 'E'))
            return false;
        text = text[1..];
        if (text.Length > 0 && text[0] is '+' or '-')
            text = text[1..];
        return text.Length > 0 && text.IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static bool IsJsonNumber(string value)
    {
        var text = value.AsSpan(value[0] == '-' ? 1 : 0);
        if (text.Length == 0 || !char.IsAsciiDigit(text[0]) || (text[0] == '0' && text.Length > 1 && text[1] is not ('.' or 'e' or 'E')))
            return false;
        var at = text.IndexOfAnyExceptInRange('0', '9');
        if (at < 0)
            return true;
        if (text[at] == '.')
        {
            var fraction = text[(at + 1)..];
            var end = fraction.IndexOfAnyExceptInRange('0', '9');
            if (end < 0)
                return fraction.Length > 0;
            if (end == 0)
                return false;
            at += 1 + end;
        }

        return IsExponent(text[at..]);
    }

    private static bool IsFinite(string number) =>
        number.Length < 300 && number.AsSpan().IndexOfAny('e', 'E') < 0
        || (double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value));
}
