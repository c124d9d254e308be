using System.Buffers;
using System.Text;
using System.Text.Json;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>
/// A JSON text with a read-only index over it: its tokens in one array, each with the place of what follows it, so that
/// a subtree is passed in one step. Nothing is copied and nothing decoded. It owns pooled memory: dispose of it once, and
/// use nothing of it afterwards. One thread may read a text into it while no other looks; any number may look.
/// </summary>
public sealed class JsonIndex : IDisposable
{
    private JsonToken[] _tokens = [];
    private int _count;

    /// <summary>The text.</summary>
    public ReadOnlyMemory<byte> Json { get; private set; }

    /// <summary>The outermost value.</summary>
    public JsonPart Root => new(this, 0);

    /// <summary>Reads a text, and forgets the one before.</summary>
    /// <param name="json">UTF-8, which stays as it is as long as the index is used.</param>
    /// <exception cref="JsonException">The text is not JSON; where is in its properties.</exception>
    public void Read(ReadOnlyMemory<byte> json)
    {
        _count = 0;
        Json = json;
        _count = new JsonTokenizer(json.Span).Read(ref _tokens);
    }

    /// <summary>Reads a text into an index of its own.</summary>
    /// <inheritdoc cref="Read"/>
    public static JsonIndex Parse(ReadOnlyMemory<byte> json)
    {
        var index = new JsonIndex();
        try
        {
            index.Read(json);
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte})"/>
    public static JsonIndex Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <inheritdoc/>
    public void Dispose()
    {
        _count = 0;
        if (Interlocked.Exchange(ref _tokens, []) is { Length: > 0 } tokens)
            ArrayPool<JsonToken>.Shared.Return(tokens);
    }

    /// <summary>A token.</summary>
    internal ref readonly JsonToken this[int index]
    {
        get
        {
            if ((uint)index >= (uint)_count)
                ThrowGone();
            return ref _tokens[index];
        }
    }

    /// <summary>The bytes of a token: a string without its quotes and with its escapes.</summary>
    internal ReadOnlySpan<byte> Bytes(in JsonToken token) => Json.Span.Slice(token.Start, token.Length);

    private static void ThrowGone() => throw new ObjectDisposedException(nameof(JsonIndex), "The JSON text is no longer in use, or never was.");
}
