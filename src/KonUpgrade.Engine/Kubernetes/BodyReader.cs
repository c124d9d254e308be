using System.Buffers;
using System.Text.Json;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// A response's body, read a piece at a time: what is in memory is one buffer that holds the value being read. Each read
/// from the network has a time limit of its own, so a body may take as long as its reader likes.
/// </summary>
internal sealed class BodyReader(HttpResponseMessage response, Stream stream, TimeSpan idle, TimeProvider time) : IAsyncDisposable
{
    // Large beside an object, small beside a page.
    private const int FirstBuffer = 64 * 1024;

    // Far above what an API server stores in one object; a body that never closes its bracket ends here.
    private const int LargestValue = 256 * 1024 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int _start;
    private int _end;
    private CancellationTokenSource? _timer;
    private CancellationTokenRegistration _link;

    /// <summary>How many bytes the body had so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Takes the next byte that is no white space without passing it; -1 at the end.</summary>
    public async ValueTask<int> PeekAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            for (; _start < _end; _start++)
            {
                var value = _buffer[_start];
                if (value is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
                    return value;
            }
            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
                return -1;
        }
    }

    /// <summary>Passes the byte that <see cref="PeekAsync"/> gave.</summary>
    public void Pass() => _start++;

    /// <summary>Takes the next JSON value whole. It stays valid until the next call.</summary>
    public ValueTask<ReadOnlyMemory<byte>> ReadValueAsync(CancellationToken cancellationToken)
    {
        var scanner = new JsonValueScanner();
        if (_end > _start && scanner.Scan(_buffer.AsSpan(_start, _end - _start), out var length))
        {
            var value = _buffer.AsMemory(_start, length);
            _start += length;
            return ValueTask.FromResult<ReadOnlyMemory<byte>>(value);
        }
        return ReadRestAsync(scanner, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _link.Dispose();
        _timer?.Dispose();
        await stream.DisposeAsync().ConfigureAwait(false);
        response.Dispose();
        if (Interlocked.Exchange(ref _buffer, []) is { Length: > 0 } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadRestAsync(JsonValueScanner scanner, CancellationToken cancellationToken)
    {
        var scanned = _end - _start;
        while (true)
        {
            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
                throw new EndOfStreamException("The body ended within a JSON value.");
            if (scanner.Scan(_buffer.AsSpan(_start + scanned, _end - _start - scanned), out var more))
            {
                var value = _buffer.AsMemory(_start, scanned + more);
                _start += scanned + more;
                return value;
            }
            scanned += more;
            if (scanned > LargestValue)
                throw new JsonException("A JSON value of the answer does not end.");
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        var read = await ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        BytesRead += read;
        return read > 0;
    }

    private async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_timer is null)
        {
            _timer = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            _link = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _timer);
        }
        var pending = stream.ReadAsync(into, _timer.Token);
        if (pending.IsCompletedSuccessfully)
            return await pending.ConfigureAwait(false);
        if (idle != Timeout.InfiniteTimeSpan)
            _timer.CancelAfter(idle);
        try
        {
            return await pending.ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("The answer's body stopped.", e);
        }
        finally
        {
            _timer.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
