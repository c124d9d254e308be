using System.Buffers;
using KonUpgrade.Engine.Foundation.Files;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>Compares a file with what would be written in its place.</summary>
internal static class SameFile
{
    /// <summary>Whether a file has this content; null where there is nothing, false also for a link or a folder.</summary>
    public static bool? Holds(string path, ReadOnlySpan<byte> content)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
            return info.Attributes == (FileAttributes)(-1) ? null : false;
        if (info.LinkTarget is not null || info.Length != content.Length)
            return false;
        var buffer = ArrayPool<byte>.Shared.Rent(content.Length);
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            var length = 0;
            while (length < content.Length && RandomAccess.Read(handle, buffer.AsSpan(length, content.Length - length), length) is var read and > 0)
                length += read;
            return buffer.AsSpan(0, length).SequenceEqual(content);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
