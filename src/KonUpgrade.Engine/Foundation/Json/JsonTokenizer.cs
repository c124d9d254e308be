using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>
/// Reads JSON (RFC 8259) into tokens, and refuses what is none. Every byte of a listing goes through here once, so its
/// loop is compiled for speed at its first call: the usual way there leads through code that counts what it does.
/// </summary>
internal ref struct JsonTokenizer(ReadOnlySpan<byte> json)
{
    /// <summary>Schemas of custom resources nest deeper than the 64 levels that readers usually allow.</summary>
    public const int MaxDepth = 512;

    private readonly ReadOnlySpan<byte> _json = json;
    private int _at;

    private enum Expected
    {
        Value,
        ValueOrEnd,
        Name,
        NameOrEnd,
        After,
    }

    /// <summary>Reads the whole text.</summary>
    /// <param name="tokens">Where they go: rented from the shared pool, and replaced by a larger one where it is too small.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Read(ref JsonToken[] tokens)
    {
        var json = _json;
        if (!Utf8.IsValid(json))
            throw NotUtf8();
        if (tokens.Length == 0)
            tokens = ArrayPool<JsonToken>.Shared.Rent(Math.Max(16, json.Length / 12));
        Span<int> open = stackalloc int[MaxDepth];
        var depth = 0;
        var count = 0;
        var expected = Expected.Value;
        while (true)
        {
            while ((uint)_at < (uint)json.Length && json[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
                _at++;
            if (_at >= json.Length)
                return expected == Expected.After && depth == 0 ? count : throw Wrong("The text ends too early.");
            if (count + 1 >= tokens.Length)
                Grow(ref tokens);
            var start = _at;
            var c = json[start];
            ref var token = ref tokens[count];
            switch (expected)
            {
                case Expected.After:
                    if (depth == 0)
                        throw Wrong("Something follows the value.");
                    ref var container = ref tokens[open[depth - 1]];
                    if (c == ',')
                    {
                        expected = container.Type == JsonTokenType.StartObject ? Expected.Name : Expected.Value;
                        _at++;
                        continue;
                    }

                    if (c != (container.Type == JsonTokenType.StartObject ? (byte)'}' : (byte)']'))
                        throw Wrong("A comma or the closing bracket is missing.");
                    Close(ref container, count);
                    depth--;
                    continue;

                case Expected.NameOrEnd when c == '}':
                case Expected.ValueOrEnd when c == ']':
                    Close(ref tokens[open[--depth]], count);
                    expected = Expected.After;
                    continue;

                case Expected.Name or Expected.NameOrEnd:
                    if (c != '"')
                        throw Wrong("A name in quotes is missing.");
                    token = String(JsonTokenType.PropertyName, ++count);
                    while ((uint)_at < (uint)json.Length && json[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
                        _at++;
                    if (_at >= json.Length || json[_at] != ':')
                        throw Wrong("The colon after a name is missing.");
                    _at++;
                    expected = Expected.Value;
                    continue;
            }

            // A value.
            count++;
            expected = Expected.After;
            switch (c)
            {
                case (byte)'"':
                    token = String(JsonTokenType.String, count);
                    continue;
                case (byte)'{' or (byte)'[':
                    if (depth == MaxDepth)
                        throw Wrong($"The text nests deeper than {MaxDepth} levels.");
                    open[depth++] = count - 1;
                    token = new JsonToken { Type = c == '{' ? JsonTokenType.StartObject : JsonTokenType.StartArray, Start = start };
                    _at++;
                    expected = c == '{' ? Expected.NameOrEnd : Expected.ValueOrEnd;
                    continue;
                case (byte)'t':
                    Literal("true"u8);
                    token = new JsonToken { Type = JsonTokenType.True, Start = start, Length = 4, Next = count };
                    continue;
                case (byte)'f':
                    Literal("false"u8);
                    token = new JsonToken { Type = JsonTokenType.False, Start = start, Length = 5, Next = count };
                    continue;
                case (byte)'n':
                    Literal("null"u8);
                    token = new JsonToken { Type = JsonTokenType.Null, Start = start, Length = 4, Next = count };
                    continue;
                default:
                    Number();
                    token = new JsonToken { Type = JsonTokenType.Number, Start = start, Length = _at - start, Next = count };
                    continue;
            }
        }
    }

    private void Close(ref JsonToken container, int next)
    {
        _at++;
        container.Length = _at - container.Start;
        container.Next = next;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private JsonToken String(JsonTokenType type, int next)
    {
        var json = _json;
        var start = _at + 1;
        var at = start;
        var escaped = false;
        while ((uint)at < (uint)json.Length)
        {
            var c = json[at];
            if (c == '"')
            {
                _at = at + 1;
                return new JsonToken { Type = type, Escaped = escaped, Start = start, Length = at - start, Next = next };
            }

            if (c == '\\')
            {
                escaped = true;
                at += Escape(at);
            }
            else if (c < ' ')
            {
                _at = at;
                throw Wrong("A string holds a control character.");
            }
            else
            {
                at++;
            }
        }

        _at = json.Length;
        throw Wrong("A string does not end.");
    }

    private int Escape(int at)
    {
        var rest = _json[at..];
        if (rest.Length >= 2 && rest[1] is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t')
            return 2;
        if (rest.Length >= 6 && rest[1] == 'u' && char.IsAsciiHexDigit((char)rest[2]) && char.IsAsciiHexDigit((char)rest[3])
            && char.IsAsciiHexDigit((char)rest[4]) && char.IsAsciiHexDigit((char)rest[5]))
            return 6;
        _at = at;
        throw Wrong("A string holds an escape that there is not.");
    }

    private void Literal(ReadOnlySpan<byte> literal)
    {
        if (!_json[_at..].StartsWith(literal))
            throw Wrong("There is no such value.");
        _at += literal.Length;
    }

    private void Number()
    {
        if (_json[_at] == '-')
            _at++;
        if (Byte() == '0')
            _at++;
        else
            Digits("There is no such value.");
        if (Byte() == '.')
        {
            _at++;
            Digits("A number lacks its decimals.");
        }

        if (Byte() is not ('e' or 'E'))
            return;
        _at++;
        if (Byte() is '+' or '-')
            _at++;
        Digits("A number lacks its exponent.");
    }

    private void Digits(string otherwise)
    {
        if (!char.IsAsciiDigit(Byte()))
            throw Wrong(otherwise);
        while (char.IsAsciiDigit(Byte()))
            _at++;
    }

    private readonly char Byte() => _at < _json.Length ? (char)_json[_at] : '\0';

    private static void Grow(ref JsonToken[] tokens)
    {
        var larger = ArrayPool<JsonToken>.Shared.Rent(tokens.Length * 2);
        tokens.CopyTo(larger, 0);
        ArrayPool<JsonToken>.Shared.Return(tokens);
        tokens = larger;
    }

    private readonly JsonException Wrong(string why)
    {
        var (line, column) = TextPlace.Of(_json, _at);
        return new JsonException($"{why} Line {line}, column {column}.", null, line - 1, column - 1);
    }

    private static JsonException NotUtf8() => new("The text is not UTF-8.");
}
