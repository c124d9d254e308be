namespace KonUpgrade.Sandbox.Faults;

/// <summary>The body of an answer that breaks off after some bytes.</summary>
internal sealed class TornStream(Stream inner, long bytes, Action tear) : Stream
{
    private long _left = bytes;
    private bool _torn;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_torn) return;
        if (buffer.Length <= _left)
        {
            _left -= buffer.Length;
            await inner.WriteAsync(buffer, cancellationToken);
            return;
        }
        await inner.WriteAsync(buffer[..(int)_left], cancellationToken);
        await inner.FlushAsync(cancellationToken);
        _torn = true;
        tear();
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => _torn ? Task.CompletedTask : inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException("Answers are written asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Answers are written asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
