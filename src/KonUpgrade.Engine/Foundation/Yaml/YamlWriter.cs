namespace KonUpgrade.Engine.Foundation.Yaml;

/// <summary>
/// Writes one YAML document after another into memory of its own, in block style as kubectl's. Strings come as UTF-8;
/// how each is written is decided by <see cref="YamlStyles"/>. Call it in the order of the document: in a mapping a key
/// before each value. It checks no order: what drives it knows its JSON.
/// </summary>
public sealed class YamlWriter
{
    // A plain or quoted key may not be longer than 1024 characters before its colon; longer ones need a question mark.
    private const int LongKey = 1000;

    private byte[] _buffer = new byte[4096];
    private int _length;
    private Frame[] _frames = new Frame[32];
    private int _depth;


    /// <summary>What has been written since <see cref="Clear"/>; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Forgets what has been written.</summary>
    public void Clear()
    {
        _length = 0;
        _depth = 0;
        if (_buffer.Length > 4 * 1024 * 1024)
            _buffer = new byte[4096];
    }

    /// <summary>Begins a mapping.</summary>
    public void StartMapping() => Open(isSequence: false);

    /// <summary>Ends a mapping.</summary>
    public void EndMapping() => Close("{}"u8);

    /// <summary>Begins a sequence.</summary>
    public void StartSequence() => Open(isSequence: true);

    /// <summary>Ends a sequence.</summary>
    public void EndSequence() => Close("[]"u8);

    /// <summary>Writes a key of the mapping that is open.</summary>
    public void Key(ReadOnlySpan<byte> key)
    {
        Line();
        var plain = YamlStyles.IsPlain(key);
        var size = plain ? key.Length : YamlQuotes.MaxLength(key);
        Reserve(size + 4);
        var isLong = key.Length > LongKey / 6 && (plain ? key.Length : QuotedLength(key)) > LongKey;
        if (isLong)
        {
            _buffer[_length++] = (byte)'?';
            _buffer[_length++] = (byte)' ';
        }

        if (plain)
        {
            key.CopyTo(_buffer.AsSpan(_length));
            _length += key.Length;
        }
        else
        {
            _length += YamlQuotes.Write(key, _buffer.AsSpan(_length));
        }

        if (isLong)
        {
            _buffer[_length++] = (byte)'\n';
            Indent(_frames[_depth - 1].Indent);
            Reserve(1);
        }

        _buffer[_length++] = (byte)':';
    }

    /// <summary>Writes a string.</summary>
    public void String(ReadOnlySpan<byte> text)
    {
        var indent = Begin();
        switch (YamlStyles.OfValue(text))
        {
            case YamlStyle.Plain:
                Reserve(text.Length + 1);
                text.CopyTo(_buffer.AsSpan(_length));
                _length += text.Length;
                _buffer[_length++] = (byte)'\n';
                break;
            case YamlStyle.Literal:
                Literal(text, indent);
                break;
            default:
                Reserve(YamlQuotes.MaxLength(text) + 1);
                _length += YamlQuotes.Write(text, _buffer.AsSpan(_length));
                _buffer[_length++] = (byte)'\n';
                break;
        }
    }

    /// <summary>Writes a number, <c>true</c>, <c>false</c> or <c>null</c> as it stands in JSON.</summary>
    public void Raw(ReadOnlySpan<byte> json)
    {
        Begin();
        Reserve(json.Length + 1);
        json.CopyTo(_buffer.AsSpan(_length));
        _length += json.Length;
        _buffer[_length++] = (byte)'\n';
    }

    private void Open(bool isSequence)
    {
        var fromKey = false;
        var indent = 0;
        if (_depth > 0)
        {
            var parent = _frames[_depth - 1];
            if (parent.IsSequence)
                Line();
            fromKey = !parent.IsSequence;

            // A sequence stands as far left as the key that it belongs to, as kubectl writes it.
            indent = fromKey && isSequence ? parent.Indent : parent.Indent + 2;
        }

        if (_depth == _frames.Length)
            Array.Resize(ref _frames, _depth * 2);
        _frames[_depth++] = new Frame { IsSequence = isSequence, FromKey = fromKey, Indent = indent, Empty = true };
    }

    private void Close(ReadOnlySpan<byte> empty)
    {
        var frame = _frames[--_depth];
        if (!frame.Empty)
            return;
        Reserve(4);
        if (frame.FromKey)
            _buffer[_length++] = (byte)' ';
        empty.CopyTo(_buffer.AsSpan(_length));
        _length += empty.Length;
        _buffer[_length++] = (byte)'\n';
    }

    // Begins the line of a key or an element of the frame on top, and writes the element's dash.
    private void Line()
    {
        ref var frame = ref _frames[_depth - 1];
        if (!frame.Empty)
        {
            Indent(frame.Indent);
        }
        else
        {
            frame.Empty = false;
            if (frame.FromKey)
            {
                Reserve(1);
                _buffer[_length++] = (byte)'\n';
                Indent(frame.Indent);
            }
        }

        if (!frame.IsSequence)
            return;
        Reserve(2);
        _buffer[_length++] = (byte)'-';
        _buffer[_length++] = (byte)' ';
    }

    // Begins a scalar, and returns how far its lines are to be indented.
    private int Begin()
    {
        if (_depth == 0)
            return 2;
        ref var frame = ref _frames[_depth - 1];
        if (frame.IsSequence)
        {
            Line();
        }
        else
        {
            Reserve(1);
            _buffer[_length++] = (byte)' ';
        }

        return frame.Indent + 2;
    }

    private void Literal(ReadOnlySpan<byte> text, int indent)
    {
        Reserve(3);
        _buffer[_length++] = (byte)'|';
        var ends = text[^1] == '\n';
        if (!ends)
            _buffer[_length++] = (byte)'-';
        else if (text.Length > 1 && text[^2] == '\n')
            _buffer[_length++] = (byte)'+';
        _buffer[_length++] = (byte)'\n';
        while (text.Length > 0)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            if (line.Length > 0)
                Indent(indent);
            Reserve(line.Length + 1);
            line.CopyTo(_buffer.AsSpan(_length));
            _length += line.Length;
            _buffer[_length++] = (byte)'\n';
            text = end < 0 ? default : text[(end + 1)..];
        }
    }

    private void Indent(int spaces)
    {
        Reserve(spaces);
        _buffer.AsSpan(_length, spaces).Fill((byte)' ');
        _length += spaces;
    }

    private static int QuotedLength(ReadOnlySpan<byte> key) => YamlQuotes.Write(key, new byte[YamlQuotes.MaxLength(key)]);

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(_buffer.Length * 2L, (long)_length + bytes)));
    }

    private struct Frame
    {
        public bool IsSequence;
        public bool FromKey;
        public bool Empty;
        public int Indent;
    }
}
