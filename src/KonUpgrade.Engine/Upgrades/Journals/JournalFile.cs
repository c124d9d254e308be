using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Journals;

/// <summary>Keeps a journal, and what lies beside it, from being replaced by another file: without it there is no resume and no undo.</summary>
public static class JournalFile
{
    private const string LockSuffix = ".lock";
    private const string FilesSuffix = ".files";

    /// <summary>The lock of a journal.</summary>
    internal static string LockOf(string journal) => journal + LockSuffix;

    /// <summary>Where steps write unless told: in a folder beside the journal.</summary>
    /// <param name="journal">The journal's full path.</param>
    public static string FilesOf(string journal) => Path.Combine(Path.GetDirectoryName(journal)!, Path.GetFileNameWithoutExtension(journal) + FilesSuffix);

    /// <summary>To be called before anything else is written to a file that somebody has named.</summary>
    /// <exception cref="UpgradeException">JournalKept: the file is a journal, its lock, or in the folder beside it; or it can't be looked at.</exception>
    public static void Spare(string path)
    {
        try
        {
            path = Path.GetFullPath(path);
            if (OwnerOf(path) is { } journal)
                throw new UpgradeException(JournalFailures.Kept(path, journal));
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(path, exception);
        }
    }

    private static string? OwnerOf(string path)
    {
        if (IsJournal(path))
            return path;
        if (path.EndsWith(LockSuffix, StringComparison.OrdinalIgnoreCase) && IsJournal(path[..^LockSuffix.Length]))
            return path[..^LockSuffix.Length];
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!folder.EndsWith(FilesSuffix, StringComparison.OrdinalIgnoreCase) || Path.GetDirectoryName(folder) is not { } beside || !Directory.Exists(folder))
                continue;
            var name = Path.GetFileNameWithoutExtension(folder);
            if (Directory.EnumerateFiles(beside).FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) == name && IsJournal(file)) is { } journal)
                return journal;
        }

        return null;
    }

    private static bool IsJournal(string path)
    {
        if (!File.Exists(path))
            return false;
        // One that is about to be begun has its lock, and nothing in it yet. Pipes and devices have no length either.
        if (new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path).Length == 0)
            return File.Exists(LockOf(path));
        Span<byte> start = stackalloc byte[16];
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return JournalLine.IsBegun(JournalLine.WithoutMark(start[..RandomAccess.Read(handle, start, 0)]));
    }
}
