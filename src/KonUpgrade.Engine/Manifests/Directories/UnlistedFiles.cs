namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>
/// Files that lie in an export where objects lie, and that its list does not have: somebody put them there, and nobody
/// reads them. Of the listed ones only a hash each is kept, so that large exports stay small here.
/// </summary>
internal sealed class UnlistedFiles(string directory)
{
    // As many as fit into a message.
    private const int Named = 3;

    // Group, kind, and namespace or _cluster.
    private const int Folders = 3;

    private static readonly EnumerationOptions s_own = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    private readonly HashSet<ulong> _listed = [];

    /// <summary>Takes note of a path of the list.</summary>
    public void Add(string path) => _listed.Add(Hash(path));

    /// <summary>What to tell people, or null where every file is listed.</summary>
    public string? Tell(CancellationToken cancellationToken)
    {
        long count = 0;
        var first = new List<string>();
        foreach (var path in Files(directory, "", Folders))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_listed.Contains(Hash(path)))
                continue;
            if (count++ < Named)
                first.Add(path);
        }

        var more = count > first.Count ? $" and {count - first.Count} more" : "";
        return count == 0 ? null
            : $"{count} file(s) in {directory} are not read, since {ExportLayout.Files} does not list them: {string.Join(", ", first)}{more}. What is to arrive beside an export is imported from a directory of its own.";
    }

    private static IEnumerable<string> Files(string directory, string under, int folders)
    {
        if (folders == 0)
        {
            return new DirectoryInfo(directory).EnumerateFiles("*", s_own).Select(file => file.Name).Where(IsManifest).Order(StringComparer.Ordinal)
                .Select(name => under + name);
        }

        return new DirectoryInfo(directory).EnumerateDirectories("*", s_own).Where(folder => folder.Name[0] != '.').OrderBy(folder => folder.Name, StringComparer.Ordinal)
            .SelectMany(folder => Files(folder.FullName, $"{under}{folder.Name}/", folders - 1));
    }

    private static bool IsManifest(string name) =>
        name[0] != '.' && (name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal)
            || name.EndsWith(".json", StringComparison.Ordinal) || name.EndsWith(".yaml.enc", StringComparison.Ordinal));

    // FNV-1a.
    private static ulong Hash(string path)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in path)
            hash = unchecked((hash ^ letter) * 1099511628211UL);
        return hash;
    }
}
