using System.Text;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>Tells lines and columns of places that follow each other in a text, which is gone through once for all of them.</summary>
/// <param name="text">The text.</param>
/// <param name="line">The line that the text begins on, where it is a part of another.</param>
/// <param name="column">The column that it begins on.</param>
internal ref struct TextCursor(ReadOnlySpan<byte> text, int line, int column)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;
    private int _line = line;
    private int _column = column;

    /// <summary>Line and column, counted from 1, of a byte at or behind the one that was asked for before; columns count characters.</summary>
    public (int Line, int Column) Of(int offset)
    {
        var between = _text[_at..offset];
        var lastLine = between.LastIndexOf((byte)'\n');
        if (lastLine >= 0)
        {
            _line += between.Count((byte)'\n');
            _column = 1;
        }

        _column += Encoding.UTF8.GetCharCount(between[(lastLine + 1)..]);
        _at = offset;
        return (_line, _column);
    }
}
