using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>
/// Reads what <see cref="YamlWriter"/> writes, many times faster than a reader of all YAML could. It knows that form and
/// no other: whatever surprises it is left to <see cref="YamlReader"/>. Whether it understood a text rightly is for its
/// user to prove by writing the result again and comparing the bytes.
/// </summary>
internal ref struct WrittenYaml
{
    private const int MaxDepth = 200;
    private readonly ReadOnlySpan<byte> _text;
    private readonly Utf8JsonWriter _json;
    private int _at;
    private int _depth;

    private WrittenYaml(ReadOnlySpan<byte> text, Utf8JsonWriter json)
    {
        _text = text;
        _json = json;
    }

    /// <summary>Reads one document, a mapping.</summary>
    /// <returns>Its JSON; null where the text is not of that form.</returns>
    public static byte[]? TryRead(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0 || text[^1] != '\n')
            return null;
        var buffer = new ArrayBufferWriter<byte>(text.Length + (text.Length / 2));
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = MaxDepth + 1 });
        var reader = new WrittenYaml(text, json);
        if (!reader.Mapping(0) || reader._at != text.Length)
            return null;
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    // Stands at the first key, after its indentation; ends at the beginning of a line.
    private bool Mapping(int indent)
    {
        if (++_depth > MaxDepth)
            return false;
        _json.WriteStartObject();
        ReadOnlySpan<byte> previous = default;
        do
        {
            // Keys are in order, so a key that is there twice follows itself.
            var from = _at;
            if (!Key() || _text[from.._at].SequenceEqual(previous))
                return false;
            previous = _text[from.._at];
            if (_text[_at] == '\n')
            {
                _at++;
                if (!Below(indent))
                    return false;
            }
            else if (_text[_at++] != ' ' || !Scalar(indent + 2))
            {
                return false;
            }
        }
        while (Next(indent, isSequence: false));
        _json.WriteEndObject();
        _depth--;
        return true;
    }

    // Stands at the first dash.
    private bool Sequence(int indent)
    {
        if (++_depth > MaxDepth)
            return false;
        _json.WriteStartArray();
        do
        {
            if (!Starts("- "u8))
                return false;
            _at += 2;
            if (Starts("- "u8) ? !Sequence(indent + 2) : AtKey() ? !Mapping(indent + 2) : !Scalar(indent + 2))
                return false;
        }
        while (Next(indent, isSequence: true));
        _json.WriteEndArray();
        _depth--;
        return true;
    }

    // What belongs to a key whose line has ended: a mapping further right, or a sequence as far left as the key.
    private bool Below(int indent)
    {
        var found = Indentation();
        _at += found;
        if (found == indent && Starts("- "u8))
            return Sequence(indent);
        return found == indent + 2 && !Starts("- "u8) && Mapping(found);
    }

    // Goes on to the next entry of what is open; false, at the beginning of the line, where that has ended.
    private bool Next(int indent, bool isSequence)
    {
        if (_at >= _text.Length || Indentation() != indent)
            return false;
        var dash = _text[(_at + indent)..].StartsWith("- "u8);
        if (dash != isSequence)
            return false;
        _at += indent;
        return true;
    }

    private readonly int Indentation()
    {
        var rest = _text[_at..];
        var spaces = rest.IndexOfAnyExcept((byte)' ');
        return spaces < 0 ? rest.Length : spaces;
    }

    private readonly bool Starts(ReadOnlySpan<byte> with) => _text[_at..].StartsWith(with);

    // Whether a key stands here, rather than a scalar: only after a key a colon ends a line or comes before a space.
    private readonly bool AtKey() => KeyLength() > 0;

    private readonly int KeyLength()
    {
        var rest = _text[_at..];
        if (rest[0] is (byte)'?' or (byte)'|' or (byte)'{' or (byte)'[')
            return -1;
        if (rest[0] == '"')
        {
            var length = QuotedLength(rest);
            return length > 0 && length < rest.Length && rest[length] == ':' ? length : -1;
        }
        var line = rest[..rest.IndexOf((byte)'\n')];
        for (var from = 0; line[from..].IndexOf((byte)':') is var colon and >= 0; from += colon + 1)
        {
            var at = from + colon;
            if (at + 1 == line.Length || line[at + 1] == ' ')
                return at == 0 ? -1 : at;
        }
        return -1;
    }

    private bool Key()
    {
        if (_at >= _text.Length)
            return false;
        var length = KeyLength();
        if (length <= 0)
            return false;
        var key = _text.Slice(_at, length);
        if (key[0] != '"')
        {
            _json.WritePropertyName(key);
        }
        else
        {
            if (Unquoted(key) is not { } text)
                return false;
            _json.WritePropertyName(text);
        }
        _at += length + 1;
        return _at < _text.Length;
    }

    // Stands at a scalar; its block, if it is one, is indented by so much.
    private bool Scalar(int indent)
    {
        var rest = _text[_at..];
        var end = rest.IndexOf((byte)'\n');
        if (end <= 0)
            return false;
        var line = rest[..end];
        if (line[0] == '|')
            return Literal(line, indent);
        _at += end + 1;
        if (line[0] == '"')
        {
            if (QuotedLength(line) != line.Length || Unquoted(line) is not { } text)
                return false;
            _json.WriteStringValue(text);
        }
        else if (line.SequenceEqual("{}"u8) || line.SequenceEqual("[]"u8) || line.SequenceEqual("true"u8) || line.SequenceEqual("false"u8) || line.SequenceEqual("null"u8)
            || IsNumber(line))
        {
            _json.WriteRawValue(line, skipInputValidation: true);
        }
        else
        {
            _json.WriteStringValue(line);
        }
        return true;
    }

    private bool Literal(ReadOnlySpan<byte> header, int indent)
    {
        var keep = header.SequenceEqual("|+"u8);
        var strip = header.SequenceEqual("|-"u8);
        if (header.Length > 1 && !keep && !strip)
            return false;
        _at += header.Length + 1;
        var content = new ArrayBufferWriter<byte>();
        var kept = 0;
        while (_at < _text.Length)
        {
            var rest = _text[_at..];
            var line = rest[..rest.IndexOf((byte)'\n')];
            if (line.Length > 0)
            {
                var spaces = line.IndexOfAnyExcept((byte)' ');
                if (spaces < 0)
                    return false;
                if (spaces < indent)
                    break;
                content.Write(line[indent..]);
            }
            content.Write("\n"u8);
            if (line.Length > 0)
                kept = content.WrittenCount;
            _at += line.Length + 1;
        }
        if (kept == 0)
            return false;
        var text = keep ? content.WrittenSpan : content.WrittenSpan[..(strip ? kept - 1 : kept)];
        _json.WriteStringValue(text);
        return true;
    }

    // The length of the quoted text at the beginning, quotes included; -1 where it does not end.
    private static int QuotedLength(ReadOnlySpan<byte> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                return i + 1;
            else if (text[i] == '\n')
                return -1;
        }
        return -1;
    }

    private static string? Unquoted(ReadOnlySpan<byte> quoted)
    {
        // The escapes are JSON's. What JSON does not allow as it is, the writer has escaped.
        var reader = new Utf8JsonReader(quoted);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsNumber(ReadOnlySpan<byte> text)
    {
        if (!char.IsAsciiDigit((char)text[0]) && text[0] != '-')
            return false;
        var reader = new Utf8JsonReader(text);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.BytesConsumed == text.Length && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
