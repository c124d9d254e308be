using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace KonUpgrade.Engine.Readiness.Deprecations.Files;

/// <summary>
/// Reads the heads of manifests in block-style YAML, many times faster than a reader of all YAML could: it looks at
/// apiVersion, kind and the names alone. It knows the ways in which such manifests are written and no others: whatever
/// surprises it, anywhere in the text, is left to <see cref="ManifestHeads"/>' full reader, so that what it does understand
/// it understands as that one does. Below the head it follows the text only as far as it must to know where a value ends;
/// what is no valid YAML there it need not notice.
/// </summary>
internal ref struct HeadScanner
{
    // What may begin or hold something that goes on behind the end of a line, or means another thing than it says.
    private static readonly SearchValues<byte> s_special = SearchValues.Create("\"'[{|>&*!%@`?\t"u8);

    private static readonly SearchValues<byte> s_word = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/"u8);

    // Every character below the blank but those that part lines and words.
    private static readonly SearchValues<byte> s_controls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    private readonly ReadOnlySpan<byte> _text;
    private readonly List<ManifestHead> _heads;
    private int _line;

    // The column of the key or dash that a block scalar belongs to; -1 outside of one.
    private int _block = -1;

    // The column of a key whose plain value would go on if the next line were further right; -1 where none would.
    private int _open = -1;

    // Of the document: where it begins (0 while nothing of it came), the column of what is in metadata (-1 before that is
    // known), and what was found.
    private int _begins;
    private bool _inMetadata;
    private bool _hasMetadata;
    private int _column = -1;
    private string? _apiVersion;
    private string? _kind;
    private string? _namespace;
    private string? _name;

    private HeadScanner(ReadOnlySpan<byte> text, List<ManifestHead> heads)
    {
        _text = text;
        _heads = heads;
    }

    /// <summary>Reads the heads of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="heads">Where they are put.</param>
    /// <returns>False where something in the text is unusual; what was put is then worth nothing.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, List<ManifestHead> heads) =>
        IsOrdinary(text) && new HeadScanner(text, heads).Read();

    private static bool IsOrdinary(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAny(s_controls) >= 0)
            return false;
        if (Ascii.IsValid(text))
            return true;
        // The line breaks of YAML 1.1 beside the usual ones: NEL, LS and PS.
        return Utf8.IsValid(text) && text.IndexOf("\u0085"u8) < 0 && text.IndexOf("\u2028"u8) < 0 && text.IndexOf("\u2029"u8) < 0;
    }

    private bool Read()
    {
        for (var rest = _text; rest.Length > 0;)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            _line++;
            if (line.Length > 0 && line[^1] == '\r' && end >= 0)
                line = line[..^1];
            if (line.Contains((byte)'\r') || !Line(line))
                return false;
        }

        EndDocument();
        return true;
    }

    private bool Line(ReadOnlySpan<byte> line)
    {
        var indent = line.IndexOfAnyExcept((byte)' ');
        if (indent < 0)
            return true;
        if (_block >= 0)
        {
            if (indent > _block)
                return true;
            _block = -1;
        }

        if (line[indent] == '#')
            return true;
        if (_open >= 0 && indent > _open)
            return false;
        _open = -1;
        if (indent == 0)
            return AtMargin(line);
        if (_begins == 0)
            return false;
        if (!_inMetadata)
            return Body(line, indent);
        var isEntry = line[indent] == '-' && (indent + 1 == line.Length || line[indent + 1] == ' ');
        if (_column < 0)
        {
            if (isEntry)
                return false;
            _column = indent;
        }

        if (indent < _column)
            return false;
        return indent == _column && !isEntry ? Key(line, indent) : Body(line, indent);
    }

    private bool AtMargin(ReadOnlySpan<byte> line)
    {
        if (line[0] == '-')
        {
            if (!line.StartsWith("---"u8))
                return line.Length > 1 && line[1] == ' ' && _begins > 0 && !_inMetadata && Body(line, 0);
            if (!IsBlank(line, 3))
                return false;
            EndDocument();
            return true;
        }

        if (_begins == 0)
            _begins = _line;
        _inMetadata = false;
        return Key(line, 0);
    }

    // A key of the document, or of its metadata.
    private bool Key(ReadOnlySpan<byte> line, int at)
    {
        var length = line[at..].IndexOfAnyExcept(s_word);
        if (length <= 0 || line[at + length] != ':' || (at + length + 1 < line.Length && line[at + length + 1] != ' '))
            return false;
        var key = line.Slice(at, length);
        var value = at + length + 1;
        if (at > 0)
        {
            return key.SequenceEqual("name"u8) ? Take(line, value, at, ref _name)
                : key.SequenceEqual("namespace"u8) ? Take(line, value, at, ref _namespace)
                : Value(line, value, at);
        }

        if (key.SequenceEqual("apiVersion"u8))
            return Take(line, value, at, ref _apiVersion);
        if (key.SequenceEqual("kind"u8))
            return Take(line, value, at, ref _kind);
        if (key.SequenceEqual("items"u8))
            return false;
        if (!key.SequenceEqual("metadata"u8))
            return Value(line, value, at);
        var isFirst = !_hasMetadata;
        (_inMetadata, _hasMetadata, _column) = (true, true, -1);
        return isFirst && IsBlank(line, value);
    }

    // A value that is wanted, on the line of its key, as a plain or quoted word.
    private bool Take(ReadOnlySpan<byte> line, int at, int column, ref string? into)
    {
        at += Spaces(line, at);
        if (into is not null || at == line.Length)
            return false;
        var quote = line[at];
        ReadOnlySpan<byte> word;
        if (quote is (byte)'"' or (byte)'\'')
        {
            at++;
            var length = line[at..].IndexOf(quote);
            if (length <= 0)
                return false;
            word = line.Slice(at, length);
            at += length + 1;
        }
        else
        {
            var length = line[at..].IndexOf((byte)' ');
            word = length < 0 ? line[at..] : line.Slice(at, length);
            at += word.Length;
            // What begins otherwise may be a number, and some words are none.
            if (!char.IsAsciiLetter((char)word[0]) || word[^1] == ':' || IsNoText(word))
                return false;
            _open = column;
        }

        foreach (var letter in word)
        {
            if (letter != ':' && !s_word.Contains(letter))
                return false;
        }

        into = Encoding.ASCII.GetString(word);
        return IsBlank(line, at);
    }

    // What is not looked at: only whether it ends on its line.
    private bool Body(ReadOnlySpan<byte> line, int indent)
    {
        if (line[indent..].IndexOfAny(s_special) < 0)
            return true;
        if (line.Contains((byte)'\t'))
            return false;
        var at = indent;
        var dash = -1;
        while (line[at] == '-' && (at + 1 == line.Length || line[at + 1] == ' '))
        {
            dash = at++;
            at += Spaces(line, at);
            if (at == line.Length)
                return true;
        }

        switch (line[at])
        {
            case (byte)'"' or (byte)'\'':
                var close = Quoted(line, at);
                if (close < 0)
                    return false;
                if (close < line.Length && line[close] == ':')
                    return (close + 1 == line.Length || line[close + 1] == ' ') && Value(line, close + 1, at);
                return IsBlank(line, close);
            case (byte)'#':
                return true;
            case (byte)'|' or (byte)'>':
                return dash >= 0 && Block(line, at, dash);
            case (byte)'[' or (byte)'{':
                return Flow(line, at);
            case (byte)'&' or (byte)'*' or (byte)'!' or (byte)'%' or (byte)'@' or (byte)'`':
                return false;
            case (byte)'?' when at + 1 == line.Length || line[at + 1] == ' ':
                return false;
        }

        var colon = Colon(line, at);
        return colon < 0 || Value(line, colon + 1, at);
    }

    // What follows a key that stands at a column.
    private bool Value(ReadOnlySpan<byte> line, int at, int column)
    {
        at += Spaces(line, at);
        if (at == line.Length)
            return true;
        switch (line[at])
        {
            case (byte)'"' or (byte)'\'':
                return Quoted(line, at) is > 0 and var close && IsBlank(line, close);
            case (byte)'|' or (byte)'>':
                return Block(line, at, column);
            case (byte)'[' or (byte)'{':
                return Flow(line, at);
            case (byte)'&' or (byte)'*' or (byte)'!' or (byte)'%' or (byte)'@' or (byte)'`' or (byte)'\t':
                return false;
            case (byte)'?' when at + 1 == line.Length || line[at + 1] == ' ':
                return false;
            default:
                return true;
        }
    }

    // The header of a block scalar: how it is kept, how far it is indented, and a comment.
    private bool Block(ReadOnlySpan<byte> line, int at, int column)
    {
        at++;
        for (var indicators = 0; at < line.Length && indicators < 2 && line[at] is (byte)'+' or (byte)'-' or (>= (byte)'1' and <= (byte)'9'); indicators++)
            at++;
        _block = column;
        return IsBlank(line, at);
    }

    // A list or mapping that begins and ends on the line. Two braces are most likely a template's.
    private static bool Flow(ReadOnlySpan<byte> line, int at)
    {
        if (line[at] == '{' && at + 1 < line.Length && line[at + 1] == '{')
            return false;
        var depth = 0;
        while (at < line.Length)
        {
            switch (line[at])
            {
                case (byte)'[' or (byte)'{':
                    depth++;
                    break;
                case (byte)']' or (byte)'}':
                    if (--depth == 0)
                        return IsBlank(line, at + 1);
                    break;
                case (byte)'"' or (byte)'\'' when line[at - 1] is (byte)' ' or (byte)'[' or (byte)'{' or (byte)',' or (byte)':':
                    at = Quoted(line, at) - 1;
                    if (at < 0)
                        return false;
                    break;
                case (byte)'#' when line[at - 1] == ' ':
                    return false;
                case (byte)'&' or (byte)'*' or (byte)'!' when line[at - 1] is (byte)' ' or (byte)'[' or (byte)'{' or (byte)',' or (byte)':':
                    return false;
            }

            at++;
        }

        return false;
    }

    // The place behind a quoted text; -1 where it does not end on the line.
    private static int Quoted(ReadOnlySpan<byte> line, int at)
    {
        var quote = line[at];
        for (at++; at < line.Length; at++)
        {
            if (line[at] == '\\' && quote == '"')
            {
                at++;
            }
            else if (line[at] == quote)
            {
                if (quote == '"' || at + 1 == line.Length || line[at + 1] != '\'')
                    return at + 1;
                at++;
            }
        }

        return -1;
    }

    // The colon behind a plain key; -1 where the line has none.
    private static int Colon(ReadOnlySpan<byte> line, int at)
    {
        for (var i = at; i < line.Length; i++)
        {
            if (line[i] == ':' && (i + 1 == line.Length || line[i + 1] == ' '))
                return i;
            if (line[i] == '#' && i > 0 && line[i - 1] == ' ')
                return -1;
        }

        return -1;
    }

    // Whether nothing more comes on the line, or a comment alone.
    private static bool IsBlank(ReadOnlySpan<byte> line, int at)
    {
        var spaces = Spaces(line, at);
        return at + spaces == line.Length || (spaces > 0 && line[at + spaces] == '#');
    }

    private static int Spaces(ReadOnlySpan<byte> line, int at)
    {
        var spaces = line[at..].IndexOfAnyExcept((byte)' ');
        return spaces < 0 ? line.Length - at : spaces;
    }

    // Words that YAML takes for a truth value or for nothing.
    private static bool IsNoText(ReadOnlySpan<byte> word) => word.Length <= 5
        && (Ascii.EqualsIgnoreCase(word, "y"u8) || Ascii.EqualsIgnoreCase(word, "n"u8) || Ascii.EqualsIgnoreCase(word, "yes"u8) || Ascii.EqualsIgnoreCase(word, "no"u8)
            || Ascii.EqualsIgnoreCase(word, "true"u8) || Ascii.EqualsIgnoreCase(word, "false"u8) || Ascii.EqualsIgnoreCase(word, "on"u8) || Ascii.EqualsIgnoreCase(word, "off"u8)
            || Ascii.EqualsIgnoreCase(word, "null"u8));

    private void EndDocument()
    {
        if (_begins > 0)
            _heads.Add(new ManifestHead(_apiVersion ?? "", _kind ?? "", _namespace, _name ?? "", _begins));
        (_begins, _inMetadata, _hasMetadata, _column, _open, _block) = (0, false, false, -1, -1, -1);
        (_apiVersion, _kind, _namespace, _name) = (null, null, null, null);
    }
}
