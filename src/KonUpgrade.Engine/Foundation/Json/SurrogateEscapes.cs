using System.Buffers;
using System.Globalization;
using System.Text;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>
/// Characters beyond U+FFFF, which the runtime's writer can only write as two escapes. JSON's readers take the pair
/// together; a server that reads an apply as YAML refuses it.
/// </summary>
internal static class SurrogateEscapes
{
    // \ud83d\ude80
    private const int Length = 12;

    /// <summary>The text with such characters as themselves.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    public static ReadOnlyMemory<byte> Resolve(ReadOnlyMemory<byte> json)
    {
        var text = json.Span;
        var next = Next(text, 0);
        if (next < 0)
            return json;
        var result = new ArrayBufferWriter<byte>(text.Length);
        var done = 0;
        for (; next >= 0; next = Next(text, done))
        {
            result.Write(text[done..next]);
            var rune = new Rune((char)Unit(text[next..]), (char)Unit(text[(next + 6)..]));
            result.Advance(rune.EncodeToUtf8(result.GetSpan(4)));
            done = next + Length;
        }
        result.Write(text[done..]);
        return result.WrittenMemory;
    }

    // The next pair. An escaped backslash is none of its beginning.
    private static int Next(ReadOnlySpan<byte> text, int from)
    {
        for (var at = from; at < text.Length; at += 2)
        {
            var found = text[at..].IndexOf((byte)'\\');
            if (found < 0)
                return -1;
            at += found;
            if (at + Length <= text.Length && IsBetween(text[at..], 0xD800, 0xDBFF) && IsBetween(text[(at + 6)..], 0xDC00, 0xDFFF))
                return at;
        }
        return -1;
    }

    private static bool IsBetween(ReadOnlySpan<byte> text, int first, int last) => Unit(text) is var unit && unit >= first && unit <= last;

    private static int Unit(ReadOnlySpan<byte> text) =>
        text[0] == '\\' && text[1] == 'u' && int.TryParse(text[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? unit : -1;
}
