using System.Collections;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>A member of an object in an indexed JSON text.</summary>
public readonly struct JsonMember
{
    private readonly JsonIndex _index;
    private readonly int _token;

    internal JsonMember(JsonIndex index, int token)
    {
        _index = index;
        _token = token;
    }

    /// <summary>Its name.</summary>
    public string Name => JsonPart.StringOf(_index, _index[_token]);

    /// <summary>Its value.</summary>
    public JsonPart Value => new(_index, _token + 1);

    /// <summary>Whether it has this name.</summary>
    public bool NameEquals(ReadOnlySpan<byte> name) => JsonPart.ValueEquals(_index, _index[_token], name);
}

/// <summary>The members of an object in an indexed JSON text.</summary>
public readonly struct JsonMembers : IEnumerable<JsonMember>
{
    private readonly JsonIndex _index;
    private readonly int _token;

    internal JsonMembers(JsonIndex index, int token)
    {
        _index = index;
        _token = token;
    }

    /// <summary>Goes through them in order.</summary>
    public Enumerator GetEnumerator() => new(_index, _token);

    IEnumerator<JsonMember> IEnumerable<JsonMember>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Goes through members.</summary>
    public struct Enumerator : IEnumerator<JsonMember>
    {
        private readonly JsonIndex _index;
        private readonly int _end;
        private int _current;
        private int _next;

        internal Enumerator(JsonIndex index, int token)
        {
            _index = index;
            _next = token + 1;
            _end = index[token].Next;
        }

        /// <inheritdoc/>
        public readonly JsonMember Current => new(_index, _current);

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            if (_next >= _end)
                return false;
            _current = _next;
            _next = _index[_next + 1].Next;
            return true;
        }

        /// <inheritdoc/>
        public readonly void Reset() => throw new NotSupportedException();

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }
    }
}
