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
    /// <summary>Makes sure that the directory is free, or holds an export.</summary>
    /// <exception cref="UpgradeException">DirectoryInUse; what is wrong with an export that is there.</exception>
    public static async Task CheckAsync(string path, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
            throw InUse(path, "is a file");
        if (!Directory.Exists(path) || !Directory.EnumerateFileSystemEntries(path).Any(static entry => Path.GetFileName(entry) != ".konupgrade"))
            return;
        // The summary alone could be anybody's export.yaml: an export has the list of its files too.
        var directory = await ManifestDirectory.OpenAsync(path, cancellationToken);
        if (directory.Export is null || directory.Problems.Any(static problem => problem.Id == "MissingFile"))
            throw InUse(path, "holds files that are of no export");
    }

    /// <summary>The failure of a directory that is not the rehearsal's.</summary>
    public static UpgradeException InUse(string path, string why, Exception? inner = null) => new(
        new Failure
        {
            Id = "DirectoryInUse",
            Kind = FailureKind.AlreadyExists,
            Message = $"'{path}' {why}: the rehearsal writes only to a directory that is empty or holds the export of an earlier rehearsal.",
            Recommendation = "Name another directory with --path, or empty this one yourself.",
            Target = path,
        },
        inner);
}
