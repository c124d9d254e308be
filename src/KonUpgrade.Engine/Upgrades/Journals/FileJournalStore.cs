using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Model;
using Microsoft.Win32.SafeHandles;

namespace KonUpgrade.Engine.Upgrades.Journals;

/// <summary>A journal in a file: a line each, on the disk when it is written. Beside it lies a lock, which the operating system gives up when its process ends.</summary>
internal sealed class FileJournalStore : IJournalStore
{
    private readonly DirectoryLock? _lock;
    private readonly SafeFileHandle _handle;
    private long _length;
    private long _lastStart;

    private FileJournalStore(string path, DirectoryLock? held, SafeFileHandle handle)
    {
        Path = path;
        _lock = held;
        _handle = handle;
        _length = RandomAccess.GetLength(handle);
    }

    /// <inheritdoc/>
    public string Name => Path;

    /// <inheritdoc/>
    public string Path { get; }

    /// <summary>Opens a journal to write to it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether it is made; otherwise it must be there.</param>
    /// <exception cref="UpgradeException">JournalBusy, JournalNotFound, DiskFull, WriteFailed.</exception>
    public static FileJournalStore Open(string path, bool create)
    {
        DirectoryLock? held = null;
        try
        {
            if (!create && !File.Exists(path))
                throw new UpgradeException(JournalFailures.NotFound(path));
            held = DirectoryLock.Take(JournalFile.LockOf(path));
            var handle = File.OpenHandle(path, create ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            var store = new FileJournalStore(path, held, handle);
            held = null;
            return store;
        }
        catch (UpgradeException e) when (e.Failure.Id == "DirectoryBusy")
        {
            throw new UpgradeException(JournalFailures.Busy(path), e);
        }
        catch (Exception e) when (FileFailures.IsOfFiles(e))
        {
            throw FileFailures.Write(path, e);
        }
        finally
        {
            held?.Dispose();
        }
    }

    /// <summary>Opens a journal to look at it; somebody may be writing to it.</summary>
    /// <exception cref="UpgradeException">JournalNotFound, JournalUnreadable.</exception>
    public static FileJournalStore OpenRead(string path)
    {
        try
        {
            return new FileJournalStore(path, null, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UpgradeException(JournalFailures.NotFound(path), e);
        }
        catch (Exception e) when (FileFailures.IsOfFiles(e))
        {
            throw new UpgradeException(JournalFailures.Unreadable(path, e.Message), e);
        }
    }

    /// <inheritdoc/>
    public async Task<JournalText> ReadAsync(CancellationToken cancellationToken)
    {
        var bytes = new byte[_length];
        var read = 0;
        try
        {
            while (read < bytes.Length && await RandomAccess.ReadAsync(_handle, bytes.AsMemory(read), read, cancellationToken).ConfigureAwait(false) is > 0 and var some)
                read += some;
        }
        catch (Exception e) when (FileFailures.IsOfFiles(e))
        {
            throw new UpgradeException(JournalFailures.Unreadable(Path, e.Message), e);
        }

        var lines = new List<ReadOnlyMemory<byte>>();
        var text = bytes.AsMemory(0, read);
        // An editor may have put a mark before it, and other ends to its lines: what they say is as it was.
        for (var start = text.Length - JournalLine.WithoutMark(text.Span).Length; start < text.Length;)
        {
            var length = text.Span[start..].IndexOf((byte)'\n');
            _lastStart = start;
            lines.Add((length < 0 ? text[start..] : text.Slice(start, length)).TrimEnd((byte)'\r'));
            start = length < 0 ? text.Length : start + length + 1;
        }

        return new JournalText(lines, lines.Count > 0 && text.Span[^1] != '\n');
    }

    /// <inheritdoc/>
    public Task DropLastAsync(CancellationToken cancellationToken)
    {
        try
        {
            RandomAccess.SetLength(_handle, _lastStart);
            RandomAccess.FlushToDisk(_handle);
            _length = _lastStart;
            return Task.CompletedTask;
        }
        catch (Exception e) when (FileFailures.IsOfFiles(e))
        {
            throw FileFailures.Write(Path, e);
        }
    }

    /// <inheritdoc/>
    public async Task AppendAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        byte[] content = [.. line.Span, (byte)'\n'];
        try
        {
            await RandomAccess.WriteAsync(_handle, content, _length, CancellationToken.None).ConfigureAwait(false);
            RandomAccess.FlushToDisk(_handle);
            _lastStart = _length;
            _length += content.Length;
        }
        catch (Exception e) when (FileFailures.IsOfFiles(e))
        {
            CutBack();
            throw FileFailures.Write(Path, e);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _handle.Dispose();
        _lock?.Dispose();
        return ValueTask.CompletedTask;
    }

    // Half a line is no harm, the next reader drops it; none is better.
    private void CutBack()
    {
        try
        {
            RandomAccess.SetLength(_handle, _length);
        }
        catch (Exception e) when (FileFailures.IsOfFiles(e))
        {
            // What could not be written may not be cut either; the first error is the one to tell.
        }
    }
}
