using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>
/// What may stand in the way of a commit: links, files where folders belong, folders where files belong. Looked for
/// before the commit is decided, since from then on the earlier export is no more.
/// </summary>
internal static class CommitObstacles
{
    /// <summary>Looks where everything that is staged goes.</summary>
    /// <exception cref="UpgradeException">SymbolicLink, ForeignFile.</exception>
    public static void Refuse(string directory)
    {
        if (Directory.Exists(ExportCommit.ObjectsPath(directory)))
            RefuseIn(ExportCommit.ObjectsPath(directory), directory);
        if (Directory.Exists(ExportCommit.RecordsPath(directory)))
            RefuseIn(ExportCommit.RecordsPath(directory), directory);
    }

    /// <summary>Refuses what is no folder of the directory, where one belongs.</summary>
    public static void RefuseForFolder(string path)
    {
        if (ExportCommit.IsLink(path))
            throw new UpgradeException(ManifestFailures.SymbolicLink(path));
        if (File.Exists(path))
            throw new UpgradeException(ManifestFailures.InTheWay(path, "a folder"));
    }

    /// <summary>Refuses a folder, or a link to one, where a file belongs.</summary>
    public static void RefuseForFile(string path)
    {
        if (Directory.Exists(path))
            throw new UpgradeException(ManifestFailures.InTheWay(path, "a file"));
    }

    // A folder that is not there yet is moved as one, so nothing in it can be in the way.
    private static void RefuseIn(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            var at = Path.Combine(to, Path.GetFileName(folder));
            RefuseForFolder(at);
            if (Directory.Exists(at))
                RefuseIn(folder, at);
        }

        foreach (var file in Directory.EnumerateFiles(from))
            RefuseForFile(Path.Combine(to, Path.GetFileName(file)));
    }
}
