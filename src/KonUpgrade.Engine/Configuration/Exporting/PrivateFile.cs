namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>Files that nobody but their owner may read (0600). Windows has no such mode: there they have the rights of their folder.</summary>
internal static class PrivateFile
{
    /// <summary>The mode: read and written by the owner.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Takes from everybody else what a file of before gave them.</summary>
    public static void Tighten(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~Mode) != 0)
            File.SetUnixFileMode(path, Mode);
    }
}
