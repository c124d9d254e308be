namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>Writes object files. Called by several threads.</summary>
internal interface IExportFiles
{
    /// <summary>Makes a folder with those above it.</summary>
    void CreateFolder(string path);

    /// <summary>Writes a new file into a folder that is there.</summary>
    void Write(string path, ReadOnlySpan<byte> content);
}

/// <summary>Files on a disk. They are not flushed: a torn one is found by its checksum.</summary>
internal sealed class DiskFiles : IExportFiles
{
    /// <inheritdoc/>
    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public void Write(string path, ReadOnlySpan<byte> content)
    {
        using var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        RandomAccess.Write(handle, content, 0);
    }
}
