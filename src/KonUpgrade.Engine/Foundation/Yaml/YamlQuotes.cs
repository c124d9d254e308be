using System.Buffers;

namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>
/// Strings in double quotes, on one line. Escapes are JSON's, so that a JSON reader would take them too; letters of all
/// scripts stay, but for what YAML counts as a break, as no printable character, or as a byte order mark.
/// </summary>
internal static class YamlQuotes
{
    // Signs to escape, and first bytes of sequences among which there are some.
    private static readonly SearchValues<byte> s_stops = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, (byte)'"', (byte)'\\', 127, 0xC2, 0xE2, 0xEF]);

    private static readonly SearchValues<byte> s_leads = SearchValues.Create([0xC2, 0xE2, 0xEF]);

    /// <summary>Whether there is a character beyond ASCII that must be escaped.</summary>
    public static bool HasSpecial(ReadOnlySpan<byte> text)
    {
        for (; text.IndexOfAny(s_leads) is var at and >= 0; text = text[(at + 1)..])
        {
            if (Special(text[at..]) != 0)
                return true;
        }

        return false;
    }

    /// <summary>The most bytes that a string takes, quotes included.</summary>
    public static int MaxLength(ReadOnlySpan<byte> text) => checked(text.Length * 6 + 2);

    /// <summary>Writes a string; the output has <see cref="MaxLength"/> at least.</summary>
    /// <returns>How many bytes were written.</returns>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> output)
    {
        output[0] = (byte)'"';
        var length = 1;
        while (true)
        {
            var at = text.IndexOfAny(s_stops);
            if (at < 0)
            {
                text.CopyTo(output[length..]);
                length += text.Length;
                output[length] = (byte)'"';
                return length + 1;
            }

            text[..at].CopyTo(output[length..]);
            length += at;
            var sign = text[at];
            if (sign < 0x80)
            {
                length += Escape(sign, output[length..]);
                text = text[(at + 1)..];
            }
            else if (Special(text[at..]) is var code and > 0)
            {
                length += Unicode(code, output[length..]);
                text = text[(at + (code < 0x800 ? 2 : 3))..];
            }
            else
            {
                output[length++] = sign;
                text = text[(at + 1)..];
            }
        }
    }

    // C1 controls with the next line; line and paragraph separator; byte order mark and the noncharacters beside it.
    private static int Special(ReadOnlySpan<byte> sequence)
    {
        if (sequence[0] == 0xC2)
            return sequence.Length > 1 && sequence[1] < 0xA0 ? sequence[1] : 0;
        if (sequence.Length < 3)
            return 0;
        if (sequence[0] == 0xE2)
            return sequence[1] == 0x80 && sequence[2] is 0xA8 or 0xA9 ? 0x2000 | (sequence[2] & 0x3F) : 0;
        if (sequence[1] == 0xBB && sequence[2] == 0xBF)
            return 0xFEFF;
        return sequence[1] == 0xBF && sequence[2] is 0xBE or 0xBF ? 0xFFC0 | (sequence[2] & 0x3F) : 0;
    }

    private static int Escape(byte sign, Span<byte> output)
    {
        byte letter = sign switch
        {
            8 => (byte)'b',
            9 => (byte)'t',
            10 => (byte)'n',
            12 => (byte)'f',
            13 => (byte)'r',
            (byte)'"' or (byte)'\\' => sign,
            _ => 0,
        };
        if (letter == 0)
            return Unicode(sign, output);
        output[0] = (byte)'\\';
        output[1] = letter;
        return 2;
    }

    private static int Unicode(int code, Span<byte> output)
    {
        output[0] = (byte)'\\';
        output[1] = (byte)'u';
        for (var i = 0; i < 4; i++)
            output[2 + i] = "0123456789abcdef"u8[(code >> (12 - 4 * i)) & 15];
        return 6;
    }
}
