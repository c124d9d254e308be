using System.Security.Cryptography;
using KonUpgrade.Engine.Foundation.Files;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>Checksums as exports write them: SHA-256 in small hexadecimal digits.</summary>
internal static class Sha256
{
    /// <summary>The checksum of bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexString(hash).ToLowerInvariant();
    }

    /// <summary>The checksum of bytes, as UTF-8.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="digits">64 bytes for the digits.</param>
    public static void Of(ReadOnlySpan<byte> bytes, Span<byte> digits)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        for (var i = 0; i < hash.Length; i++)
        {
            digits[2 * i] = "0123456789abcdef"u8[hash[i] >> 4];
            digits[2 * i + 1] = "0123456789abcdef"u8[hash[i] & 15];
        }
    }

    /// <summary>The checksum of a file.</summary>
    public static async Task<string> OfFileAsync(string path, CancellationToken cancellationToken)
    {
        if (WholeFile.IsSmall(path))
            return Of(await WholeFile.ReadAsync(path, cancellationToken).ConfigureAwait(false));

        // The stream has no buffer: hashing brings its own.
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1, FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false))
            return Convert.ToHexString(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false)).ToLowerInvariant();
    }
}
