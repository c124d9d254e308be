using System.Security.Cryptography;
using System.Text;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// Sends a header several times, a line a value. .NET joins the values of a header with commas, which an API server takes
/// for one value in Impersonate-Group and Impersonate-Extra. So the lines are written as one, with a random mark where
/// each ends, and on their way to the server each mark becomes a line's end. That only works in HTTP/1.1.
/// </summary>
internal sealed class RepeatedHeaders
{
    private readonly string _mark = "~" + Convert.ToHexString(RandomNumberGenerator.GetBytes(16)) + "~";

    /// <summary>Adds a header with a line a value.</summary>
    public void Add(System.Net.Http.Headers.HttpRequestHeaders headers, string name, IReadOnlyList<string> values)
    {
        var lines = new StringBuilder(values[0]);
        foreach (var value in values.Skip(1))
            lines.Append(_mark).Append(name).Append(": ").Append(value);
        headers.TryAddWithoutValidation(name, lines.ToString());
    }

    /// <summary>The stream that turns marks into ends of lines.</summary>
    public Stream Filter(Stream connection) => new MarkedStream(connection, Encoding.ASCII.GetBytes(_mark));

    private sealed class MarkedStream(Stream inner, byte[] mark) : Stream
    {
        // The beginning of a mark at the end of a write. No request ends so: headers end with a line's end, JSON with a bracket.
        private byte[] _held = [];

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            inner.ReadAsync(buffer, offset, count, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_held.Length > 0)
            {
                buffer = (byte[])[.. _held, .. buffer.Span];
                _held = [];
            }
            int at;
            while ((at = buffer.Span.IndexOf(mark)) >= 0)
            {
                await inner.WriteAsync(buffer[..at], cancellationToken).ConfigureAwait(false);
                await inner.WriteAsync("\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
                buffer = buffer[(at + mark.Length)..];
            }
            var begun = Begun(buffer.Span);
            _held = buffer[^begun..].ToArray();
            await inner.WriteAsync(buffer[..^begun], cancellationToken).ConfigureAwait(false);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        // The handler writes asynchronously alone.
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        private int Begun(ReadOnlySpan<byte> text)
        {
            for (var length = Math.Min(mark.Length - 1, text.Length); length > 0; length--)
            {
                if (text[^length..].SequenceEqual(mark.AsSpan(0, length)))
                    return length;
            }
            return 0;
        }
    }
}
