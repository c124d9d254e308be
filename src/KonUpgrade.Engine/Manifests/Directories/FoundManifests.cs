using System.IO.Enumeration;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>
/// Finds the files of plain manifests: a file, or all <c>.yaml</c>, <c>.yml</c> and <c>.json</c> files below a directory,
/// in the order of their names. Files and folders that begin with a dot are passed over: they belong to tools and not to
/// the cluster. Symbolic links are not followed.
/// </summary>
internal static class FoundManifests
{
    private static readonly EnumerationOptions s_here = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>The files, one after another; what can't be looked at comes with its problem.</summary>
    /// <param name="path">The file or directory.</param>
    public static IEnumerable<(string File, Failure? Problem)> In(string path) => File.Exists(path)
        ? [(path, ExportCommit.IsLink(path) ? ManifestFailures.SymbolicLink(path) : null)]
        : Below(path);

    /// <summary>Whether there is nothing in a file to read. A pipe or a device seems to be empty, and to open it could wait for ever.</summary>
    public static bool IsEmpty(string file)
    {
        try
        {
            return new FileInfo(file).Length == 0;
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            // It is told when it is read.
            return false;
        }
    }

    /// <summary>Whether a file has the name of an encrypted manifest.</summary>
    public static bool IsEncrypted(string name) => name.EndsWith(".yaml" + ManifestPath.Encrypted, StringComparison.Ordinal);

    private static IEnumerable<(string File, Failure? Problem)> Below(string folder)
    {
        List<Entry> entries;
        Failure? unreadable = null;
        try
        {
            entries = [.. new FileSystemEnumerable<Entry>(folder, static (ref FileSystemEntry entry) => new Entry(entry.FileName.ToString(), entry.IsDirectory, (entry.Attributes & FileAttributes.ReparsePoint) != 0), s_here)];
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            entries = [];
            unreadable = ManifestFailures.Unreadable(folder, exception);
        }

        if (unreadable is not null)
            yield return (folder, unreadable);
        entries.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        foreach (var (name, isFolder, isLink) in entries)
        {
            if (name[0] == '.' || (!isFolder && !IsManifest(name)))
                continue;
            var path = Path.Combine(folder, name);
            if (isLink)
            {
                yield return (path, ManifestFailures.SymbolicLink(path));
            }
            else if (!isFolder)
            {
                yield return (path, null);
            }
            else
            {
                foreach (var inner in Below(path))
                    yield return inner;
            }
        }
    }

    private static bool IsManifest(string name) => Path.GetExtension(name).ToLowerInvariant() is ".yaml" or ".yml" or ".json" || IsEncrypted(name);

    private readonly record struct Entry(string Name, bool IsFolder, bool IsLink);
}
