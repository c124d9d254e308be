using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>The export that a directory holds already, if there is one, and whether a new one may take its place.</summary>
internal static class EarlierExport
{
    /// <summary>
    /// Finds a sound export. A damaged one is none that could be gone on from, since nobody can tell which files are its;
    /// it gives way on purpose alone.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <param name="replace">Whether a damaged export gives way.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The export or null, and whether there is a damaged one that gives way.</returns>
    /// <exception cref="UpgradeException">ExportDamaged, UnknownFormat, SymbolicLink, a syntax error in an export.yaml that is not an export's.</exception>
    public static async Task<(ExportSummary? Export, bool IsDamaged)> FindAsync(string directory, bool replace, CancellationToken cancellationToken)
    {
        try
        {
            return (await FindSoundAsync(directory, cancellationToken).ConfigureAwait(false), false);
        }
        catch (UpgradeException exception) when (replace && exception.Failure.Id == ManifestFailures.ExportDamaged)
        {
            return (null, true);
        }
    }

    private static async Task<ExportSummary?> FindSoundAsync(string directory, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, ExportLayout.Summary);
        var list = Path.Combine(directory, ExportLayout.Files);
        ExportSummary? export;
        try
        {
            export = await ExportSummary.FindAsync(directory, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException exception) when (exception.Failure.Kind == FailureKind.ParserError && IsOurs(list))
        {
            throw new UpgradeException(ManifestFailures.Damaged(path, exception.Failure.Message), exception);
        }

        if (export is null && !File.Exists(path) && IsOurs(list))
            throw new UpgradeException(ManifestFailures.Damaged(path, "the directory has an export's list of files, and no summary."));
        if (export is not null && (!File.Exists(list) || await Sha256.OfFileAsync(list, cancellationToken).ConfigureAwait(false) != export.FilesSha256))
            throw new UpgradeException(ManifestFailures.Damaged(list, "it is not the one that the export wrote, so nobody can tell which files are the export's."));
        return export;
    }

    // Whether a list of files is one of an export, as its first line says.
    private static bool IsOurs(string list)
    {
        if (!File.Exists(list))
            return false;
        using var reader = LineReader.Open(list);
        return reader.Read() && !FilesMerge.PathOf(reader.Current.Span).IsEmpty;
    }

    /// <summary>Refuses a directory that has files where an export's records belong.</summary>
    /// <exception cref="UpgradeException">ForeignFile.</exception>
    public static void RefuseForeignRecords(string directory)
    {
        foreach (var record in (string[])[ExportLayout.Summary, ExportLayout.Files, ExportLayout.LeftOut])
        {
            if (File.Exists(Path.Combine(directory, record)))
                throw ExportFailures.ForeignRecord(Path.Combine(directory, record));
        }
    }

    /// <summary>What an earlier export is of that the new one is not, or null.</summary>
    public static string? Difference(ClusterConfigExport earlier, ClusterConfigExport now)
    {
        if (earlier.ClusterUid != now.ClusterUid || (now.ClusterUid is null && earlier.Context != now.Context))
            return $"it is of the cluster {earlier.Context ?? "?"} ({earlier.ClusterUid ?? "identity unknown"}), and this one is {now.Context ?? "?"} ({now.ClusterUid ?? "identity unknown"})";
        if (earlier.System != now.System)
            return $"it is of the system {earlier.System}, and this one of {now.System}";
        return IsSame(earlier.Selection, now.Selection) ? null : "it is of another selection of the same cluster";
    }

    private static bool IsSame(ClusterConfigSelection left, ClusterConfigSelection right) =>
        IsSame(left.Group, right.Group) && IsSame(left.Kind, right.Kind) && IsSame(left.Namespace, right.Namespace)
        && (left.LabelSelector ?? "") == (right.LabelSelector ?? "");

    private static bool IsSame(IReadOnlyList<string> left, IReadOnlyList<string> right) =>
        left.Order(StringComparer.Ordinal).Distinct().SequenceEqual(right.Order(StringComparer.Ordinal).Distinct());
}
