using KonUpgrade.Model;

namespace KonUpgrade.Engine.Foundation.Files;

/// <summary>What can go wrong with files, in words for people.</summary>
internal static class FileFailures
{
    // ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows; elsewhere .NET hands on errno.
    private static readonly int[] s_diskFull = [unchecked((int)0x80070070), unchecked((int)0x80070027), 28, 69, 122];

    // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION on Windows; elsewhere EWOULDBLOCK, of Linux and of macOS.
    private static readonly int[] s_held = [unchecked((int)0x80070020), unchecked((int)0x80070021), 11, 35];

    /// <summary>A file or directory that could not be written.</summary>
    public static UpgradeException Write(string path, Exception exception) => new(
        IsDiskFull(exception)
            ? new Failure
            {
                Id = "DiskFull",
                Kind = FailureKind.WriteError,
                Message = $"The disk is full, or its quota is used up: {path}",
                Recommendation = "Make room, or name a directory on another disk, and run the command again.",
                Target = path,
            }
            : new Failure
            {
                Id = "WriteFailed",
                Kind = FailureKind.WriteError,
                Message = $"Could not be written: {path}: {exception.Message}",
                Recommendation = "Check that the directory is there and that you may write into it.",
                Target = path,
            },
        exception);

    /// <summary>Whether the exception is one of the file system.</summary>
    public static bool IsOfFiles(Exception exception) => exception is IOException or UnauthorizedAccessException or NotSupportedException;

    /// <summary>Whether the file could not be opened since another process has it.</summary>
    public static bool IsHeld(IOException exception) => Array.IndexOf(s_held, exception.HResult) >= 0;

    private static bool IsDiskFull(Exception exception) => exception is IOException && Array.IndexOf(s_diskFull, exception.HResult) >= 0;
}
