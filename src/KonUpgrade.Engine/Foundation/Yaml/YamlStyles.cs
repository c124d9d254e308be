using System.Buffers;

namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>How a string is written.</summary>
internal enum YamlStyle
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>In double quotes, with JSON's escapes.</summary>
    Quoted,

    /// <summary>As a literal block, line by line.</summary>
    Literal,
}

/// <summary>
/// Chooses how a string is written. Plain is what no reader of YAML 1.1 or 1.2 takes for anything but that string;
/// whatever could be mistaken is quoted, and more than need be.
/// </summary>
internal static class YamlStyles
{
    // What a literal block can't hold, beside lines that begin or consist of white space.
    private static readonly SearchValues<byte> s_controls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    /// <summary>The style of a value.</summary>
    public static YamlStyle OfValue(ReadOnlySpan<byte> text)
    {
        if (IsPlain(text))
            return YamlStyle.Plain;
        return text.IndexOf((byte)'\n') >= 0 && IsLiteral(text) ? YamlStyle.Literal : YamlStyle.Quoted;
    }

    /// <summary>Whether a string may stand as it is, as a key or a value.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0 || !BeginsPlain(text))
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (IsHarmless(text[i]))
                continue;
            var next = i + 1 < text.Length ? text[i + 1] : (byte)' ';
            var fits = text[i] switch
            {
                // A space is harmless between two words, not before a comment and not at the end.
                (byte)' ' => next is not ((byte)' ' or (byte)'#'),
                (byte)':' => next is not ((byte)' ' or (byte)':'),
                (byte)'#' => text[i - 1] is not ((byte)' ' or (byte)':' or (byte)'#'),
                _ => false,
            };
            if (!fits)
                return false;
        }

        return !IsReserved(text);
    }

    // What means nothing to YAML wherever it stands, once the first character is right: ASCII that is seen, but for the
    // colon, the number sign and the backquote.
    private static bool IsHarmless(byte c) => c is > (byte)' ' and < 127 and not ((byte)':' or (byte)'#' or (byte)'`');

    private static bool BeginsPlain(ReadOnlySpan<byte> text)
    {
        var first = text[0];
        if (char.IsAsciiLetter((char)first) || first is (byte)'_' or (byte)'/' or (byte)'$' or (byte)'(')
            return true;
        if (char.IsAsciiDigit((char)first))
            return IsNoNumber(text);

        // --flag, -c, ./run; not -1, -.inf, --- or .5
        if (first == '-' && text.Length > 1)
            return char.IsAsciiLetter((char)text[1]) || (text[1] == '-' && text.Length > 2 && char.IsAsciiLetter((char)text[2]));
        return first == '.' && text.Length > 1 && text[1] == '/';
    }

    // Numbers, times and dates of any YAML are made of digits, signs and the letters of bases, exponents and times;
    // a colon makes base sixty of it, or a time. A letter from g on, but for o and x, a percent sign or a slash tells 100m,
    // 5Gi, 25% and 10.0.0.0/8 apart from them.
    private static bool IsNoNumber(ReadOnlySpan<byte> text)
    {
        var letter = false;
        foreach (var c in text)
        {
            if (c == ':')
                return false;
            var lower = c | 0x20;
            letter |= (lower is >= 'g' and <= 'z' && lower is not ('o' or 'x')) || c is (byte)'%' or (byte)'/';
        }

        return letter;
    }

    private static bool IsReserved(ReadOnlySpan<byte> text)
    {
        if (text.Length > 5)
            return false;
        Span<byte> lower = stackalloc byte[5];
        for (var i = 0; i < text.Length; i++)
            lower[i] = (byte)(text[i] | 0x20);
        var word = lower[..text.Length];
        return text.Length switch
        {
            1 => word[0] is (byte)'y' or (byte)'n',
            2 => word.SequenceEqual("no"u8) || word.SequenceEqual("on"u8),
            3 => word.SequenceEqual("yes"u8) || word.SequenceEqual("off"u8) || word.SequenceEqual("nan"u8) || word.SequenceEqual("inf"u8),
            4 => word.SequenceEqual("true"u8) || word.SequenceEqual("null"u8),
            _ => word.SequenceEqual("false"u8),
        };
    }

    private static bool IsLiteral(ReadOnlySpan<byte> text)
    {
        // The first line sets the indentation, and what only consists of breaks has no line to set it.
        if (text[0] is (byte)'\n' or (byte)' ' or (byte)'\t' || text.IndexOfAny(s_controls) >= 0 || YamlQuotes.HasSpecial(text))
            return false;
        for (var rest = text; rest.IndexOf((byte)'\n') is var end and >= 0; rest = rest[(end + 1)..])
        {
            if (end + 1 < rest.Length && IsOddLine(rest[(end + 1)..]))
                return false;
        }

        return true;
    }

    // A line of white space alone, or one that begins with a tab: readers differ in what they make of it.
    private static bool IsOddLine(ReadOnlySpan<byte> rest)
    {
        var at = rest.IndexOfAnyExcept((byte)' ');
        if (at < 0)
            return true;
        return rest[at] == '\t' || (at > 0 && rest[at] == '\n');
    }
}
