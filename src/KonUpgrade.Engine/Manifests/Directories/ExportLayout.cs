namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>The names of what lies in an export beside its objects.</summary>
internal static class ExportLayout
{
    /// <summary>The summary.</summary>
    public const string Summary = "export.yaml";

    /// <summary>A line an object.</summary>
    public const string Files = "files.jsonl";

    /// <summary>A line for what was left out.</summary>
    public const string LeftOut = "left-out.jsonl";

    /// <summary>Keeps git from changing line ends, and so checksums.</summary>
    public const string GitAttributes = ".gitattributes";

    /// <summary>The folder of our own, out of which new files are moved.</summary>
    public const string Private = ".konupgrade";

    /// <summary>The format of the summary and of the commit record.</summary>
    public const string ApiVersion = "konupgrade.dev/v1";

    /// <summary>The kind of the summary.</summary>
    public const string SummaryKind = "ClusterConfigExport";

    /// <summary>Whether a path of a list stays within the directory: relative, with slashes, nothing odd in it.</summary>
    public static bool IsInside(string path)
    {
        if (path.Length == 0 || path.Contains('\\', StringComparison.Ordinal) || path.Contains('\0', StringComparison.Ordinal) || path.Contains(':', StringComparison.Ordinal))
            return false;
        foreach (var part in path.Split('/'))
        {
            if (part.Length == 0 || part[0] == '.')
                return false;
        }

        return true;
    }

    /// <summary>The full path of a file of an export.</summary>
    public static string FullPath(string directory, string path) =>
        System.IO.Path.Combine(directory, System.IO.Path.DirectorySeparatorChar == '/' ? path : path.Replace('/', System.IO.Path.DirectorySeparatorChar));
}
