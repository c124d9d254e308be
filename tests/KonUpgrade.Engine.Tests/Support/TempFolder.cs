using System.Net.Sockets;

namespace KonUpgrade.Engine.Tests.Support;

/// <summary>A folder of a test's own, gone with the test.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("konupgrade-test-").FullName;

    /// <summary>A path in it.</summary>
    public string this[params string[] parts] => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes a file, with the folders on the way.</summary>
    public string Write(string path, string text)
    {
        var file = this[path];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>A program: a script that sh runs.</summary>
    public string Script(string path, string text)
    {
        var file = Write(path, "#!/bin/sh\n" + text.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    /// <summary>A socket at a path, which no one can open as a file, whatever their rights.</summary>
    public static IDisposable Socket(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    /// <summary>All files with their contents, by their paths with slashes.</summary>
    public SortedDictionary<string, string> Files(bool withPrivate = false)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            var path = System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/');
            if (withPrivate || !path.StartsWith(".konupgrade/", StringComparison.Ordinal))
                files.Add(path, File.ReadAllText(file));
        }

        return files;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
