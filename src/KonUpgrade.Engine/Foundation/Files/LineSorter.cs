namespace KonUpgrade.Engine.Foundation.Files;

/// <summary>
/// Sorts lines by their bytes in memory that does not grow with their number: what does not fit goes to the disk in
/// sorted runs, which are merged while they are read. Lines may be added by several threads.
/// </summary>
internal sealed class LineSorter : IDisposable
{
    private readonly string _folder;
    private readonly string _name;
    private readonly int _memory;
    private readonly object _gate = new();
    private readonly List<string> _runs = [];
    private byte[] _bytes;
    private int _length;
    private (int Start, int Length)[] _lines = new (int, int)[1024];
    private int _count;

    /// <summary>Makes a sorter.</summary>
    /// <param name="folder">Where runs are kept; it need not exist before the first.</param>
    /// <param name="name">What their files are called.</param>
    /// <param name="memory">How many bytes of lines are kept in memory.</param>
    public LineSorter(string folder, string name, int memory = 1024 * 1024)
    {
        _folder = folder;
        _name = name;
        _memory = memory;
        _bytes = new byte[Math.Min(memory, 64 * 1024)];
    }

    /// <summary>Adds a line, without its break.</summary>
    /// <exception cref="KonUpgrade.Model.UpgradeException">DiskFull or WriteFailed: what does not fit into memory can't be put down.</exception>
    public void Add(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            if (_length + line.Length > _memory && _count > 0)
                Spill();
            if (_length + line.Length > _bytes.Length)
                Array.Resize(ref _bytes, Math.Max(Math.Min(_memory, _bytes.Length * 2), _length + line.Length));
            if (_count == _lines.Length)
                Array.Resize(ref _lines, _count * 2);
            line.CopyTo(_bytes.AsSpan(_length));
            _lines[_count++] = (_length, line.Length);
            _length += line.Length;
        }
    }

    /// <summary>The lines in order. Each is valid until the next. Nothing is added any more.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Sorted()
    {
        if (_runs.Count == 0)
        {
            Sort();
            for (var i = 0; i < _count; i++)
                yield return _bytes.AsMemory(_lines[i].Start, _lines[i].Length);
            yield break;
        }

        Spill();
        _bytes = [];
        var readers = new List<LineReader>();
        try
        {
            var queue = new PriorityQueue<LineReader, LineReader>(Comparer<LineReader>.Create(
                (left, right) => left.Current.Span.SequenceCompareTo(right.Current.Span)));
            foreach (var run in _runs)
            {
                var reader = LineReader.Open(run);
                readers.Add(reader);
                if (reader.Read())
                    queue.Enqueue(reader, reader);
            }

            while (queue.TryDequeue(out var reader, out _))
            {
                yield return reader.Current;
                if (reader.Read())
                    queue.Enqueue(reader, reader);
            }
        }
        finally
        {
            foreach (var reader in readers)
                reader.Dispose();
        }
    }

    /// <summary>Deletes the runs.</summary>
    public void Dispose()
    {
        // Whoever owns the folder may have taken it away already.
        foreach (var run in _runs.Where(File.Exists))
            File.Delete(run);
    }

    private void Sort() =>
        _lines.AsSpan(0, _count).Sort((left, right) =>
            _bytes.AsSpan(left.Start, left.Length).SequenceCompareTo(_bytes.AsSpan(right.Start, right.Length)));

    private void Spill()
    {
        if (_count == 0)
            return;
        Sort();
        var path = Path.Combine(_folder, $"{_name}-{_runs.Count}.run");
        try
        {
            Directory.CreateDirectory(_folder);
            _runs.Add(path);
            WriteRun(path);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(path, exception);
        }

        _count = 0;
        _length = 0;
    }

    private void WriteRun(string path)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 32 * 1024);
        for (var i = 0; i < _count; i++)
        {
            stream.Write(_bytes.AsSpan(_lines[i].Start, _lines[i].Length));
            stream.Write("\n"u8);
        }
    }
}
