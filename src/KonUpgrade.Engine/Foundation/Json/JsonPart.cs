using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>
/// A value within an indexed JSON text, or nothing (of kind Undefined). Its members have the names and meanings of
/// <see cref="JsonElement"/>'s; those that look for a field, a text or elements give nothing where they find none or
/// something else, since what a cluster holds need not be what its schema promises. Valid as long as its index.
/// </summary>
public readonly struct JsonPart
{
    private readonly JsonIndex? _index;
    private readonly int _token;

    internal JsonPart(JsonIndex index, int token)
    {
        _index = index;
        _token = token;
    }

    /// <summary>What it is.</summary>
    public JsonValueKind ValueKind => _index is null ? JsonValueKind.Undefined : Index[_token].Type switch
    {
        JsonTokenType.StartObject => JsonValueKind.Object,
        JsonTokenType.StartArray => JsonValueKind.Array,
        JsonTokenType.String => JsonValueKind.String,
        JsonTokenType.Number => JsonValueKind.Number,
        JsonTokenType.True => JsonValueKind.True,
        JsonTokenType.False => JsonValueKind.False,
        _ => JsonValueKind.Null,
    };

    /// <summary>Whether it is an object with members, or a list with elements.</summary>
    public bool HasContent => ValueKind is JsonValueKind.Object or JsonValueKind.Array && Index[_token].Next > _token + 1;

    private JsonIndex Index => _index ?? throw new InvalidOperationException("There is no value.");

    /// <summary>The element at a place of a list.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The list is shorter.</exception>
    public JsonPart this[int place]
    {
        get
        {
            foreach (var element in EnumerateArray())
            {
                if (place-- == 0)
                    return element;
            }

            throw new ArgumentOutOfRangeException(nameof(place));
        }
    }

    /// <summary>Looks for a member of an object; of several of one name the last counts.</summary>
    public bool TryGetProperty(ReadOnlySpan<byte> name, out JsonPart value)
    {
        value = default;
        var index = Index;
        Require(JsonTokenType.StartObject);
        var end = index[_token].Next;
        for (var i = _token + 1; i < end;)
        {
            ref readonly var token = ref index[i];
            if (token.Escaped ? ValueEquals(index, token, name) : index.Bytes(token).SequenceEqual(name))
                value = new JsonPart(index, i + 1);
            i = index[i + 1].Next;
        }

        return value._index is not null;
    }

    /// <inheritdoc cref="TryGetProperty(ReadOnlySpan{byte}, out JsonPart)"/>
    public bool TryGetProperty(string name, out JsonPart value)
    {
        Span<byte> few = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(name, few, out var length)
            ? TryGetProperty(few[..length], out value)
            : TryGetProperty(Encoding.UTF8.GetBytes(name), out value);
    }

    /// <summary>A member of an object.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public JsonPart GetProperty(string name) =>
        TryGetProperty(name, out var value) ? value : throw new KeyNotFoundException($"There is no member '{name}'.");

    /// <summary>A member; nothing where there is none, or where this is no object.</summary>
    public JsonPart Member(ReadOnlySpan<byte> name) => ValueKind == JsonValueKind.Object && TryGetProperty(name, out var value) ? value : default;

    /// <inheritdoc cref="Member(ReadOnlySpan{byte})"/>
    public JsonPart Member(string name) => ValueKind == JsonValueKind.Object && TryGetProperty(name, out var value) ? value : default;

    /// <summary>Whether this is the string.</summary>
    public bool Is(ReadOnlySpan<byte> text) => ValueKind == JsonValueKind.String && ValueEquals(text);

    /// <summary>The string, or null where this is none.</summary>
    public string? Text() => ValueKind == JsonValueKind.String ? GetString() : null;

    /// <summary>A member that is a string, or null.</summary>
    public string? Text(string name) => Member(name).Text();

    /// <summary>The number, or null where this is no whole one of 64 bits.</summary>
    public long? Number() => ValueKind == JsonValueKind.Number && TryGetInt64(out var value) ? value : null;

    /// <summary>A member that is a whole number of 64 bits, or null.</summary>
    public long? Number(string name) => Member(name).Number();

    /// <summary>The moment that a string tells, as API servers write them, in UTC; null where it tells none.</summary>
    public DateTimeOffset? Time() =>
        DateTimeOffset.TryParse(Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    /// <summary>A member that tells a moment, or null.</summary>
    public DateTimeOffset? Time(string name) => Member(name).Time();

    /// <summary>The elements; none where this is no list.</summary>
    public JsonElements Elements() => ValueKind == JsonValueKind.Array ? EnumerateArray() : default;

    /// <summary>The elements of a member that is a list.</summary>
    public JsonElements Elements(string name) => Member(name).Elements();

    /// <summary>The strings among the elements of a member that is a list.</summary>
    public IEnumerable<string> Texts(string name) => Elements(name).Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!);

    /// <summary>The objects among the elements of a member that is a list.</summary>
    public IEnumerable<JsonPart> Objects(string name) => Elements(name).Where(e => e.ValueKind == JsonValueKind.Object);

    /// <summary>The elements of a list.</summary>
    public JsonElements EnumerateArray()
    {
        Require(JsonTokenType.StartArray);
        return new JsonElements(Index, _token);
    }

    /// <summary>The members of an object, in the text's order.</summary>
    public JsonMembers EnumerateObject()
    {
        Require(JsonTokenType.StartObject);
        return new JsonMembers(Index, _token);
    }

    /// <summary>How many elements a list has.</summary>
    public int GetArrayLength()
    {
        var count = 0;
        foreach (var _ in EnumerateArray())
            count++;
        return count;
    }

    /// <summary>The string; null where the value is null.</summary>
    /// <exception cref="InvalidOperationException">It is something else.</exception>
    public string? GetString()
    {
        if (ValueKind == JsonValueKind.Null)
            return null;
        Require(JsonTokenType.String);
        return StringOf(Index, Index[_token]);
    }

    /// <summary>Whether a string is the same as another one.</summary>
    public bool ValueEquals(ReadOnlySpan<byte> text)
    {
        Require(JsonTokenType.String);
        return ValueEquals(Index, Index[_token], text);
    }

    /// <inheritdoc cref="ValueEquals(ReadOnlySpan{byte})"/>
    public bool ValueEquals(string? text)
    {
        Require(JsonTokenType.String);
        return text is not null && ValueEquals(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The number, where it is a whole one of 64 bits.</summary>
    public bool TryGetInt64(out long value)
    {
        Require(JsonTokenType.Number);
        var bytes = Index.Bytes(Index[_token]);
        if (Utf8Parser.TryParse(bytes, out value, out var consumed) && consumed == bytes.Length)
            return true;
        value = 0;
        return false;
    }

    /// <summary>The number, where it is a whole one of 32 bits.</summary>
    public bool TryGetInt32(out int value)
    {
        var fits = TryGetInt64(out var number) && number is >= int.MinValue and <= int.MaxValue;
        value = fits ? (int)number : 0;
        return fits;
    }

    /// <summary>The number.</summary>
    /// <exception cref="FormatException">It is no whole number of 64 bits.</exception>
    public long GetInt64() => TryGetInt64(out var value) ? value : throw new FormatException("The value is no whole number of 64 bits.");

    /// <summary>The number.</summary>
    /// <exception cref="FormatException">It is no whole number of 32 bits.</exception>
    public int GetInt32() => TryGetInt32(out var value) ? value : throw new FormatException("The value is no whole number of 32 bits.");

    /// <summary>The truth value.</summary>
    public bool GetBoolean() => ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Other(),
    };

    /// <summary>Where in the text the value begins, in bytes.</summary>
    internal int Offset
    {
        get
        {
            ref readonly var token = ref Index[_token];
            return token.Start - (token.Type == JsonTokenType.String ? 1 : 0);
        }
    }

    /// <summary>The value as it stands in the text.</summary>
    public ReadOnlyMemory<byte> GetRawBytes()
    {
        ref readonly var token = ref Index[_token];
        var quotes = token.Type == JsonTokenType.String ? 1 : 0;
        return Index.Json.Slice(token.Start - quotes, token.Length + (2 * quotes));
    }

    /// <inheritdoc cref="GetRawBytes"/>
    public string GetRawText() => Encoding.UTF8.GetString(GetRawBytes().Span);

    /// <summary>The value with a text of its own, which lives as long as anybody uses it.</summary>
    public JsonPart Clone() => _index is null ? default : JsonIndex.Parse(GetRawBytes().ToArray()).Root;

    /// <summary>The value as it stands in the text; empty where there is none.</summary>
    public override string ToString() => _index is null ? "" : GetRawText();

    internal static string StringOf(JsonIndex index, in JsonToken token)
    {
        var bytes = index.Bytes(token);
        if (!token.Escaped)
            return Encoding.UTF8.GetString(bytes);
        var pooled = ArrayPool<byte>.Shared.Rent(bytes.Length);
        var text = Encoding.UTF8.GetString(pooled, 0, JsonStrings.Unescape(bytes, pooled));
        ArrayPool<byte>.Shared.Return(pooled);
        return text;
    }

    internal static bool ValueEquals(JsonIndex index, in JsonToken token, ReadOnlySpan<byte> text)
    {
        var bytes = index.Bytes(token);
        if (!token.Escaped)
            return bytes.SequenceEqual(text);
        if (bytes.Length < text.Length)
            return false;
        var pooled = ArrayPool<byte>.Shared.Rent(bytes.Length);
        var same = pooled.AsSpan(0, JsonStrings.Unescape(bytes, pooled)).SequenceEqual(text);
        ArrayPool<byte>.Shared.Return(pooled);
        return same;
    }

    private void Require(JsonTokenType type)
    {
        if (Index[_token].Type != type)
            throw Other();
    }

    private InvalidOperationException Other() => new($"The value is of another kind: {ValueKind}.");
}
