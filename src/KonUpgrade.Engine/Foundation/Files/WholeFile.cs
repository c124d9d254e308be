namespace KonUpgrade.Engine.Foundation.Files;

/// <summary>
/// Reads files whole, and writes them whole or not at all: beside the old one, flushed to the disk, then renamed over it.
/// </summary>
public static class WholeFile
{
    // What takes longer to be waited for than to be read.
    private const long Small = 256 * 1024;

    /// <summary>Whether a file is read at once, without a wait.</summary>
    internal static bool IsSmall(string path) => new FileInfo(path).Length <= Small;

    /// <summary>How long a file is; 0 where nobody can tell.</summary>
    internal static long LengthOf(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            return 0;
        }
    }

    /// <summary>Reads a file. A small one, as manifests are, is there at once.</summary>
    internal static ValueTask<byte[]> ReadAsync(string path, CancellationToken cancellationToken) =>
        IsSmall(path) ? ValueTask.FromResult(File.ReadAllBytes(path)) : new ValueTask<byte[]>(File.ReadAllBytesAsync(path, cancellationToken));

    /// <summary>Writes a file. It is on the disk when this returns, and at no time half there.</summary>
    /// <exception cref="KonUpgrade.Model.UpgradeException">DiskFull or WriteFailed; the old file, if any, is as it was.</exception>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.Asynchronous))
            {
                await RandomAccess.WriteAsync(handle, content, 0, cancellationToken).ConfigureAwait(false);
                RandomAccess.FlushToDisk(handle);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception)
        {
            Discard(temporary);
            if (FileFailures.IsOfFiles(exception))
                throw FileFailures.Write(path, exception);
            throw;
        }
    }

    /// <summary>Brings what was written to a file onto the disk.</summary>
    public static void Flush(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    private static void Discard(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            // What could not be written may not be deletable either; the first error is the one to tell.
        }
    }
}
