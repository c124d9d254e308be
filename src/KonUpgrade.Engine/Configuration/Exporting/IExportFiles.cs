namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>Writes object files. Called by several threads.</summary>
internal interface IExportFiles
{
    /// <summary>Makes a folder with those above it.</summary>
    void CreateFolder(string path);

    /// <summary>Writes a new file into a folder that is there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its content.</param>
    /// <param name="isPrivate">Whether nobody but its owner may read it.</param>
    void Write(string path, ReadOnlySpan<byte> content, bool isPrivate);
}

/// <summary>Files on a disk. They are not flushed: a torn one is found by its checksum.</summary>
internal sealed class DiskFiles : IExportFiles
{
    /// <inheritdoc/>
    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public void Write(string path, ReadOnlySpan<byte> content, bool isPrivate)
    {
        if (isPrivate && !OperatingSystem.IsWindows())
        {
            // From its first moment on: between a creation and a change of its mode it could be opened.
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = PrivateFile.Mode,
            };
            using var stream = new FileStream(path, options);
            stream.Write(content);
            return;
        }

        using var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        RandomAccess.Write(handle, content, 0);
    }
}
