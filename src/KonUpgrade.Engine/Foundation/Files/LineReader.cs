namespace KonUpgrade.Engine.Foundation.Files;

/// <summary>Reads a file line by line, as bytes, in little memory.</summary>
internal sealed class LineReader : IDisposable
{
    private const int MaxLine = 16 * 1024 * 1024;

    private readonly FileStream _stream;
    private byte[] _buffer = new byte[32 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    private LineReader(FileStream stream) => _stream = stream;

    /// <summary>The line, without its break; valid until the next one is read.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>Opens a file.</summary>
    public static LineReader Open(string path) =>
        new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0));

    /// <summary>Reads the next line.</summary>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="InvalidDataException">A line is longer than any that was written.</exception>
    public bool Read()
    {
        var searched = 0;
        while (true)
        {
            var at = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                Current = _buffer.AsMemory(_start, searched + at);
                _start += searched + at + 1;
                return true;
            }

            if (_ended)
            {
                Current = _buffer.AsMemory(_start, _end - _start);
                var some = _start < _end;
                _start = _end;
                return some;
            }

            searched = _end - _start;
            if (_start > 0)
            {
                _buffer.AsSpan(_start, searched).CopyTo(_buffer);
                _start = 0;
                _end = searched;
            }

            if (_end >= MaxLine)
                throw new InvalidDataException("A line is too long.");
            if (_end == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            var read = _stream.Read(_buffer.AsSpan(_end));
            _ended = read == 0;
            _end += read;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
