using System.Collections;

namespace KonUpgrade.Engine.Foundation.Json;

/// <summary>The elements of a list in an indexed JSON text.</summary>
public readonly struct JsonElements : IEnumerable<JsonPart>
{
    private readonly JsonIndex? _index;
    private readonly int _token;

    internal JsonElements(JsonIndex index, int token)
    {
        _index = index;
        _token = token;
    }

    /// <summary>Goes through them in order.</summary>
    public Enumerator GetEnumerator() => new(_index, _token);

    IEnumerator<JsonPart> IEnumerable<JsonPart>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Goes through elements.</summary>
    public struct Enumerator : IEnumerator<JsonPart>
    {
        private readonly JsonIndex? _index;
        private readonly int _end;
        private int _current;
        private int _next;

        internal Enumerator(JsonIndex? index, int token)
        {
            _index = index;
            _next = token + 1;
            _end = index is null ? 0 : index[token].Next;
        }

        /// <inheritdoc/>
        public readonly JsonPart Current => new(_index!, _current);

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            if (_next >= _end)
                return false;
            _current = _next;
            _next = _index![_next].Next;
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
