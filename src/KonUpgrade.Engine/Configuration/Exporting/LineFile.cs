using System.Security.Cryptography;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>A file of lines that knows its checksum once it is written, and is on the disk then.</summary>
internal sealed class LineFile(string path) : IDisposable
{
    private readonly FileStream _stream = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, 64 * 1024);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Writes a line.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        Part(line);
        Part("\n"u8);
    }

    /// <summary>Writes a part of a line.</summary>
    public void Part(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        _hash.AppendData(bytes);
    }

    /// <summary>Brings the file onto the disk.</summary>
    /// <returns>Its checksum.</returns>
    public string Finish()
    {
        _stream.Flush(flushToDisk: true);
        return Convert.ToHexString(_hash.GetHashAndReset()).ToLowerInvariant();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hash.Dispose();
        _stream.Dispose();
    }
}
