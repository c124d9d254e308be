using System.Text;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>Where in a text something is.</summary>
internal static class TextPlace
{
    /// <summary>Line and column, counted from 1, of a byte; columns count characters.</summary>
    public static (int Line, int Column) Of(ReadOnlySpan<byte> text, int offset)
    {
        var before = text[..Math.Min(offset, text.Length)];
        var lastLine = before.LastIndexOf((byte)'\n');
        return (before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[(lastLine + 1)..]) + 1);
    }
}
