using System.Buffers.Text;
using System.Text;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>Takes the escapes out of JSON strings, UTF-8 to UTF-8.</summary>
internal static class JsonStrings
{
    /// <summary>Takes the escapes out of a string that a JSON reader has found right.</summary>
    /// <param name="escaped">The string without its quotes.</param>
    /// <param name="output">Where it goes; as long as the string at least.</param>
    /// <returns>How many bytes it has.</returns>
    /// <exception cref="UpgradeException">Half of a surrogate pair stands alone, so the string is no Unicode text.</exception>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> output)
    {
        var length = 0;
        while (true)
        {
            var slash = escaped.IndexOf((byte)'\\');
            if (slash < 0)
            {
                escaped.CopyTo(output[length..]);
                return length + escaped.Length;
            }

            escaped[..slash].CopyTo(output[length..]);
            length += slash;
            var sign = escaped[slash + 1];
            escaped = escaped[(slash + 2)..];
            if (sign != 'u')
            {
                output[length++] = sign switch
                {
                    (byte)'b' => 8,
                    (byte)'f' => 12,
                    (byte)'n' => 10,
                    (byte)'r' => 13,
                    (byte)'t' => 9,
                    _ => sign,
                };
                continue;
            }

            var code = Hex(escaped);
            escaped = escaped[4..];
            if (char.IsHighSurrogate((char)code) && escaped.Length >= 6 && escaped[0] == '\\' && escaped[1] == 'u' && char.IsLowSurrogate((char)Hex(escaped[2..])))
            {
                code = char.ConvertToUtf32((char)code, (char)Hex(escaped[2..]));
                escaped = escaped[6..];
            }

            if (!Rune.TryCreate(code, out var rune))
                throw new UpgradeException(new Failure
                {
                    Id = "InvalidUnicode",
                    Kind = FailureKind.InvalidData,
                    Message = "A string holds half of a surrogate pair, which is no Unicode text.",
                });
            length += rune.EncodeToUtf8(output[length..]);
        }
    }

    private static int Hex(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits[..4], out int code, out var consumed, 'x') && consumed == 4 ? code : 0xFFFD;
}
