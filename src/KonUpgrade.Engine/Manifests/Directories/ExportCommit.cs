using System.Text;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>
/// How a new export takes the place of an earlier one. Everything lies ready in <c>.konupgrade/staging</c>; the commit
/// record decides. Without it the staged files are dropped and the earlier export is whole; with it whoever comes next
/// finishes the move, and each step may be taken twice.
/// </summary>
internal static class ExportCommit
{
    private const string Record = "commit.yaml";
    private const string Staging = "staging";
    private const string LockFile = "lock";

    // What a commit moves last, in this order: the summary names the checksums of the others.
    private static readonly string[] s_records = [ExportLayout.GitAttributes, ExportLayout.Files, ExportLayout.LeftOut, ExportLayout.Summary];

    /// <summary>Where the record is.</summary>
    public static string RecordPath(string directory) => Path.Combine(directory, ExportLayout.Private, Record);

    /// <summary>Where new files lie until they are moved.</summary>
    public static string StagingPath(string directory) => Path.Combine(directory, ExportLayout.Private, Staging);

    /// <summary>Where new object files lie, by their paths in the export.</summary>
    public static string ObjectsPath(string directory) => Path.Combine(StagingPath(directory), "objects");

    /// <summary>Where the new records lie: summary, list of files, list of what was left out.</summary>
    public static string RecordsPath(string directory) => Path.Combine(StagingPath(directory), "records");

    /// <summary>The list of paths that go.</summary>
    public static string RemovedPath(string directory) => Path.Combine(StagingPath(directory), "removed.txt");

    /// <summary>Takes the directory for writing.</summary>
    /// <exception cref="UpgradeException">DirectoryBusy, WriteFailed.</exception>
    public static DirectoryLock Lock(string directory)
    {
        try
        {
            RefuseLink(Path.Combine(directory, ExportLayout.Private));
            Directory.CreateDirectory(Path.Combine(directory, ExportLayout.Private));
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(directory, exception);
        }

        var @lock = DirectoryLock.Take(Path.Combine(directory, ExportLayout.Private, LockFile));
        try
        {
            // An export may be kept in git; what is in this folder means nothing there.
            var ignore = Path.Combine(directory, ExportLayout.Private, ".gitignore");
            if (!File.Exists(ignore))
                File.WriteAllText(ignore, "*\n");
            return @lock;
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            @lock.Dispose();
            throw FileFailures.Write(directory, exception);
        }
    }

    /// <summary>Decides for the staged export: from here on it is the one.</summary>
    /// <exception cref="UpgradeException">SymbolicLink, ForeignFile: the move could not be finished, and nothing is decided; DiskFull, WriteFailed.</exception>
    public static async Task DecideAsync(string directory, CancellationToken cancellationToken)
    {
        try
        {
            CommitObstacles.Refuse(directory);
            var record = Encoding.UTF8.GetBytes($"apiVersion: {ExportLayout.ApiVersion}\nkind: ExportCommit\n");
            await WholeFile.WriteAsync(RecordPath(directory), record, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(directory, exception);
        }
    }

    /// <summary>Whether a commit was decided and not finished.</summary>
    public static bool IsPending(string directory) => File.Exists(RecordPath(directory));

    /// <summary>
    /// What a reader does first: finishes a commit that was decided. A directory that somebody writes to is read as it is
    /// unless a commit is on its way there.
    /// </summary>
    /// <exception cref="UpgradeException">DirectoryBusy, or ExportUnfinished where it can't be finished for want of rights.</exception>
    public static void Settle(string directory)
    {
        if (!IsPending(directory))
            return;
        try
        {
            using (Lock(directory))
                Finish(directory);
        }
        catch (UpgradeException exception) when (exception.Failure.Kind == FailureKind.WriteError)
        {
            throw new UpgradeException(
                new Failure
                {
                    Id = "ExportUnfinished",
                    Kind = FailureKind.WriteError,
                    Message = $"The export in {directory} was interrupted while its files were moved, and can't be finished: {exception.Failure.Message}",
                    Recommendation = "Make the directory writable and run the command again: it finishes the move by itself.",
                    Target = directory,
                },
                exception);
        }
    }

    /// <summary>Finishes a commit that was decided, or drops what was staged without one. The caller holds the lock.</summary>
    /// <exception cref="UpgradeException">A file could not be moved; the record stays, and the next one goes on.</exception>
    public static void Finish(string directory)
    {
        var staging = StagingPath(directory);
        var at = staging;
        try
        {
            if (IsPending(directory) && Directory.Exists(staging))
            {
                RemoveOld(directory, ref at);
                if (Directory.Exists(ObjectsPath(directory)))
                    MoveAll(ObjectsPath(directory), directory, ref at);
                foreach (var record in s_records)
                {
                    var staged = Path.Combine(RecordsPath(directory), record);
                    at = Path.Combine(directory, record);
                    if (File.Exists(staged))
                        MoveFile(staged, at);
                }
            }

            // The record goes before what it speaks of: without both there is nothing left to do.
            at = RecordPath(directory);
            File.Delete(at);
            at = staging;
            if (Directory.Exists(staging))
                Directory.Delete(staging, recursive: true);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw FileFailures.Write(at, exception);
        }
    }

    /// <summary>Drops what was staged, as well as it can be done. The caller holds the lock.</summary>
    public static void Drop(string directory)
    {
        try
        {
            if (!IsPending(directory) && Directory.Exists(StagingPath(directory)))
                Directory.Delete(StagingPath(directory), recursive: true);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            // The next one who writes here drops it.
        }
    }

    private static void RemoveOld(string directory, ref string at)
    {
        var list = RemovedPath(directory);
        if (!File.Exists(list))
            return;
        using var reader = LineReader.Open(list);
        while (reader.Read())
        {
            var path = Encoding.UTF8.GetString(reader.Current.Span);
            if (!ExportLayout.IsInside(path) || LeadsThroughLink(directory, path))
                continue;
            at = ExportLayout.FullPath(directory, path);

            // A folder where the file was: the file is gone already, and the folder is somebody else's.
            if (!Directory.Exists(Path.GetDirectoryName(at)) || Directory.Exists(at))
                continue;
            File.Delete(at);
            RemoveEmpty(directory, Path.GetDirectoryName(at)!);
        }
    }

    private static void RemoveEmpty(string directory, string folder)
    {
        while (folder.Length > directory.Length && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
            folder = Path.GetDirectoryName(folder)!;
        }
    }

    // A folder that is not there yet is moved as one; within one that is there, each entry for itself.
    private static void MoveAll(string from, string to, ref string at)
    {
        foreach (var folder in Directory.EnumerateDirectories(from).ToList())
        {
            at = Path.Combine(to, Path.GetFileName(folder));
            CommitObstacles.RefuseForFolder(at);
            if (Directory.Exists(at))
                MoveAll(folder, at, ref at);
            else
                Directory.Move(folder, at);
        }

        foreach (var file in Directory.EnumerateFiles(from).ToList())
        {
            at = Path.Combine(to, Path.GetFileName(file));
            MoveFile(file, at);
        }
    }

    private static void MoveFile(string from, string to)
    {
        CommitObstacles.RefuseForFile(to);
        File.Move(from, to, overwrite: true);
    }

    /// <summary>Whether a folder on the way to a file of the directory is a symbolic link.</summary>
    public static bool LeadsThroughLink(string directory, string path) => FindLink(directory, path) is not null;

    /// <summary>The first folder on the way to a file of the directory that is a symbolic link, as a full path, or null.</summary>
    public static string? FindLink(string directory, string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            var folder = ExportLayout.FullPath(directory, path[..slash]);
            if (IsLink(folder))
                return folder;
        }

        return null;
    }

    /// <summary>Whether there is a symbolic link.</summary>
    public static bool IsLink(string path) => new FileInfo(path) is { LinkTarget: not null };

    private static void RefuseLink(string path)
    {
        if (IsLink(path))
            throw new UpgradeException(ManifestFailures.SymbolicLink(path));
    }
}
