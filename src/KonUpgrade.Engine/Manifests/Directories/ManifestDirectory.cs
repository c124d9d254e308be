using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Sealing;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>
/// A directory of manifests, or one file. An export is read by its list, with checksums; other directories are read as
/// they are, in the order of their paths, and nothing vouches for them. Symbolic links are not followed.
/// </summary>
public sealed class ManifestDirectory
{
    private readonly IManifestSource _source;

    internal ManifestDirectory(string path, IManifestSource source)
    {
        Path = path;
        _source = source;
    }

    /// <summary>The directory or file, as a full path; or what else messages call the place.</summary>
    public string Path { get; }

    /// <summary>What the export says of itself, or null for plain manifests.</summary>
    public ClusterConfigExport? Export { get; private init; }

    /// <summary>What is wrong with the export as a whole: a list of it was changed (ModifiedFile) or is missing (MissingFile).</summary>
    public IReadOnlyList<Failure> Problems { get; private init; } = [];

    /// <summary>Why not everything is there that should be; null where it is, or where nobody can tell, as of plain manifests.</summary>
    public Failure? Incomplete { get; internal init; }

    /// <summary>The context of the cluster that it comes from, or null where that is not known.</summary>
    public string? Context { get; internal init; }

    /// <summary>The identity of the cluster that it comes from, or null where that is not known.</summary>
    public string? ClusterUid { get; internal init; }

    /// <summary>The system that it is of, or null where it does not tell.</summary>
    public string? SystemName { get; internal init; }

    /// <summary>What it is, in words for people, where another program wrote it: for such a directory nobody vouches. Null otherwise.</summary>
    public string? Layout { get; internal init; }

    /// <summary>Whether it is no directory, and came down a pipeline.</summary>
    public bool IsPiped { get; internal init; }

    /// <summary>What came down the pipeline as left out, by name.</summary>
    internal IReadOnlyList<LeftOutObject> LeftOut { get; init; } = [];

    /// <summary>Whether something was given that opens encrypted files.</summary>
    public bool OpensEncrypted { get; private init; }

    /// <summary>
    /// Which files are not read though they lie where objects do: an export's list does not have them, or there is nothing
    /// in them to read; in words, or null.
    /// Known when <see cref="ReadAsync"/> has come to its end.
    /// </summary>
    public string? Unlisted => _source.Unread;

    /// <summary>Opens a directory or a file. An export whose commit was interrupted is finished first.</summary>
    /// <param name="path">The directory or file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="opening">What opens encrypted files, or null. It stays the caller's, and must live as long as files are read.</param>
    /// <param name="layouts">The layouts of other programs that are known; none where only exports and plain manifests are.</param>
    /// <exception cref="UpgradeException">DirectoryNotFound, SeveralExports, UnknownFormat, ExportDamaged, ExportUnfinished, a syntax error in export.yaml.</exception>
    public static async Task<ManifestDirectory> OpenAsync(
        string path, CancellationToken cancellationToken, OpeningKey? opening = null, IReadOnlyList<IManifestLayout>? layouts = null)
    {
        path = System.IO.Path.GetFullPath(path);
        if (File.Exists(path))
            return new ManifestDirectory(path, new PlainManifests(path));
        if (!Directory.Exists(path))
            throw new UpgradeException(ManifestFailures.NotFound(path));
        ExportCommit.Settle(path);
        var summary = await ExportSummary.FindAsync(path, cancellationToken).ConfigureAwait(false);
        if (summary is null)
        {
            // Read as plain manifests, nobody would ask whose they are or whether they are all.
            if (File.Exists(System.IO.Path.Combine(path, ExportLayout.Files)))
                throw new UpgradeException(ManifestFailures.NoSummary(System.IO.Path.Combine(path, ExportLayout.Summary)));
            await ExportsWithin.RefuseAsync(path, cancellationToken).ConfigureAwait(false);
            foreach (var layout in layouts ?? [])
            {
                if (await layout.TryOpenAsync(path, cancellationToken).ConfigureAwait(false) is { } found)
                    return found;
            }

            return new ManifestDirectory(path, new PlainManifests(path));
        }

        var problems = new List<Failure>();
        await CheckAsync(System.IO.Path.Combine(path, ExportLayout.Files), summary.FilesSha256, problems, cancellationToken).ConfigureAwait(false);
        // What was left out is told at import, so it counts as much.
        if (summary.LeftOutSha256 is not null)
            await CheckAsync(System.IO.Path.Combine(path, ExportLayout.LeftOut), summary.LeftOutSha256, problems, cancellationToken).ConfigureAwait(false);
        return new ManifestDirectory(path, new ExportedManifests(path, opening))
        {
            Export = summary.Export,
            Problems = problems,
            OpensEncrypted = opening is not null,
            Incomplete = summary.Export.Complete ? null : ManifestFailures.Incomplete(summary.Export),
            Context = summary.Export.Context,
            ClusterUid = summary.Export.ClusterUid,
            SystemName = summary.Export.System,
        };
    }

    /// <summary>
    /// The objects, one after another, without their contents. Each file of an export is held against its checksum on the
    /// way. What is wrong with a file stands in its <see cref="ManifestFile.Problem"/>, and the others follow.
    /// </summary>
    public IAsyncEnumerable<ManifestFile> ReadAsync(CancellationToken cancellationToken) => _source.ReadAsync(cancellationToken);

    /// <summary>
    /// The objects that the export left out for what they hold, by name: Secrets, and what its system names as sensitive.
    /// Of a pipeline, those that came as left out. None for plain manifests.
    /// </summary>
    /// <exception cref="UpgradeException">ExportDamaged.</exception>
    public IEnumerable<LeftOutObject> ReadLeftOut() =>
        Export is null ? LeftOut : LeftOutObject.ReadSensitive(System.IO.Path.Combine(Path, ExportLayout.LeftOut));

    /// <summary>
    /// What the export left out, whatever for: an object each, and whole kinds, which have no name. What controllers make
    /// is counted with its owner, and not among it. None for plain manifests.
    /// </summary>
    /// <exception cref="UpgradeException">ExportDamaged.</exception>
    public IEnumerable<LeftOutObject> ReadAllLeftOut() =>
        Export is null ? LeftOut : LeftOutObject.ReadAll(System.IO.Path.Combine(Path, ExportLayout.LeftOut));

    private static async Task CheckAsync(string path, string? sha256, List<Failure> problems, CancellationToken cancellationToken)
    {
        try
        {
            if (!File.Exists(path))
                problems.Add(ManifestFailures.Missing(path));
            else if (sha256 is null || await Sha256.OfFileAsync(path, cancellationToken).ConfigureAwait(false) != sha256)
                problems.Add(ManifestFailures.Modified(path));
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            throw new UpgradeException(ManifestFailures.Unreadable(path, exception), exception);
        }
    }
}

/// <summary>Where the objects of a directory come from.</summary>
internal interface IManifestSource
{
    /// <summary>Which files lie there and are not read, in words; null where none, and before all was read.</summary>
    string? Unread => null;

    IAsyncEnumerable<ManifestFile> ReadAsync(CancellationToken cancellationToken);
}
