using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>
/// Exports below a directory that is none itself, as the clusters of one system have theirs side by side. Read as plain
/// manifests, the objects of several clusters would be taken for one.
/// </summary>
internal static class ExportsWithin
{
    private const int Shown = 8;

    /// <summary>Refuses a directory that has exports one folder down.</summary>
    /// <exception cref="UpgradeException">SeveralExports, which names them.</exception>
    public static async Task RefuseAsync(string directory, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var folder in Directory.EnumerateDirectories(directory, "*", options).Order(StringComparer.Ordinal))
        {
            if (File.Exists(Path.Combine(folder, ExportLayout.Files)) && await ExportSummary.FindAsync(folder, cancellationToken).ConfigureAwait(false) is not null)
                found.Add(Path.GetFileName(folder));
        }
        if (found.Count == 0)
            return;
        throw new UpgradeException(new Failure
        {
            Id = "SeveralExports",
            Kind = FailureKind.InvalidArgument,
            Message = $"{directory} is no export, and holds {(found.Count == 1 ? "one" : $"{found.Count}")}: {string.Join(", ", found.Take(Shown))}{(found.Count > Shown ? ", …" : "")}.",
            Recommendation = "Name the export that is meant: each is of a cluster of its own.",
            Target = directory,
        });
    }
}
