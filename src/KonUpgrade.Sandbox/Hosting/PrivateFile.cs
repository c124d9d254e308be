using System.Text;

namespace KonUpgrade.Sandbox.Hosting;

/// <summary>Writes a file that its owner alone can read.</summary>
internal static class PrivateFile
{
    public static void Write(string path, string text)
    {
        // A file that was there keeps its mode, and a link leads elsewhere: it is made anew.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(path);
        using var stream = new FileStream(path, options);
        stream.Write(Encoding.UTF8.GetBytes(text));
    }
}
