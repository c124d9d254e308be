using KonUpgrade.Model;
using Microsoft.Win32.SafeHandles;

namespace KonUpgrade.Engine.Foundation.Files;

/// <summary>A directory that one process at a time writes to. The operating system lets go of it when the process ends.</summary>
public sealed class DirectoryLock : IDisposable
{
    private readonly SafeFileHandle _handle;

    private DirectoryLock(SafeFileHandle handle) => _handle = handle;

    /// <summary>Takes the lock, which is an empty file.</summary>
    /// <exception cref="UpgradeException">DirectoryBusy: somebody has it; DiskFull or WriteFailed: the file can't be made or written to.</exception>
    public static DirectoryLock Take(string file)
    {
        try
        {
            return new DirectoryLock(File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (FileFailures.IsHeld(exception))
        {
            throw new UpgradeException(
                new Failure
                {
                    Id = "DirectoryBusy",
                    Kind = FailureKind.Conflict,
                    Message = $"Another command is writing to {Path.GetDirectoryName(Path.GetDirectoryName(file))}.",
                    Recommendation = "Wait until it has ended, or name another directory.",
                    Target = file,
                },
                exception);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(file, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
