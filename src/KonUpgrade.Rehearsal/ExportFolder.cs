using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Rehearsal;

/// <summary>The directory that a rehearsal exports to.</summary>
/// <remarks>
/// Nothing in it is deleted here: the exporter puts the new export in the place of an earlier one of the same simulated
/// cluster, file by file. A directory that holds anything else is somebody's, and is not written to.
/// </remarks>
internal static class ExportFolder
{
    /// <summary>Makes sure that a directory is free, or holds exports of an earlier rehearsal of a system.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="system">The system.</param>
    /// <param name="parts">The directories in it that each have an export; one without a name where it has the export itself.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UpgradeException">DirectoryInUse; what is wrong with an export that is there.</exception>
    public static async Task CheckAsync(string path, string system, IReadOnlyList<string> parts, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
            throw InUse(path, "is a file");
        if (parts is not [""] && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(entry => !parts.Contains(Path.GetFileName(entry), StringComparer.Ordinal)))
            throw InUse(path, $"holds files that are of no export of a {system}");
        foreach (var part in parts)
            await CheckAsync(Path.Combine(path, part), system, cancellationToken);
    }

    private static async Task CheckAsync(string path, string system, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path) || !Directory.EnumerateFileSystemEntries(path).Any(static entry => Path.GetFileName(entry) != ".konupgrade"))
            return;
        ManifestDirectory directory;
        try
        {
            directory = await ManifestDirectory.OpenAsync(path, cancellationToken);
        }
        catch (UpgradeException e) when (e.Failure.Id == "SeveralExports")
        {
            throw InUse(path, "holds the exports of several clusters", e);
        }

        // The summary alone could be anybody's export.yaml: an export has the list of its files too.
        if (directory.Export is null || directory.Problems.Any(static problem => problem.Id == "MissingFile"))
            throw InUse(path, "holds files that are of no export");
        if (directory.Export.System is { } other && other != system)
            throw InUse(path, $"holds the export of a {other}");
    }

    /// <summary>The failure of a directory that is not the rehearsal's.</summary>
    public static UpgradeException InUse(string path, string why, Exception? inner = null) => new(
        new Failure
        {
            Id = "DirectoryInUse",
            Kind = FailureKind.AlreadyExists,
            Message = $"'{path}' {why}: the rehearsal writes only to a directory that is empty or holds the export of an earlier rehearsal of the same system.",
            Recommendation = "Name another directory with --path, or empty this one yourself.",
            Target = path,
        },
        inner);
}
