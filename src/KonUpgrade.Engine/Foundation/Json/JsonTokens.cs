using System.Text.Json;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>
/// The tokens of a JSON text in one array that is used again for the next text: where each begins, how long it is, and
/// where what follows it begins, so that a subtree is skipped in one step. Nothing is copied and nothing decoded.
/// </summary>
internal sealed class JsonTokens
{
    private const int MaxDepth = 512;

    private JsonToken[] _tokens = new JsonToken[256];

    /// <summary>How many tokens there are.</summary>
    public int Count { get; private set; }

    /// <summary>A token.</summary>
    public ref readonly JsonToken this[int index] => ref _tokens[index];

    /// <summary>Reads a text, and forgets the one before.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public void Read(ReadOnlySpan<byte> json)
    {
        Count = 0;
        Span<int> open = stackalloc int[MaxDepth];
        var depth = 0;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            if (Count == _tokens.Length)
                Array.Resize(ref _tokens, _tokens.Length * 2);
            switch (reader.TokenType)
            {
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    _tokens[open[--depth]].Next = Count;
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    open[depth++] = Count;
                    _tokens[Count++] = new JsonToken { Type = reader.TokenType, Start = (int)reader.TokenStartIndex };
                    break;
                default:
                    var quote = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? 1 : 0;
                    _tokens[Count] = new JsonToken
                    {
                        Type = reader.TokenType,
                        Escaped = reader.ValueIsEscaped,
                        Start = (int)reader.TokenStartIndex + quote,
                        Length = reader.ValueSpan.Length,
                        Next = Count + 1,
                    };
                    Count++;
                    break;
            }
        }
    }
}

/// <summary>A token of a JSON text. A member is a PropertyName, followed by its value.</summary>
internal struct JsonToken
{
    /// <summary>What it is; the ends of objects and arrays have no token.</summary>
    public JsonTokenType Type { get; set; }

    /// <summary>Whether a string or name has escapes in it.</summary>
    public bool Escaped { get; set; }

    /// <summary>Where it begins, behind the quote of a string.</summary>
    public int Start { get; set; }

    /// <summary>How long it is, without quotes; 0 for objects and arrays.</summary>
    public int Length { get; set; }

    /// <summary>The token that follows it and all that is in it.</summary>
    public int Next { get; set; }
}
