using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>The export that a directory holds already, if there is one, and whether a new one may take its place.</summary>
internal static class EarlierExport
{
    /// <summary>
    /// Finds the export that a new one goes on from or takes the place of. A damaged one is none that could be gone on
    /// from, since nobody can tell which files are its; it gives way on purpose alone, and so does one of something else.
    /// </summary>
    /// <param name="options">Where to, and whether another export gives way.</param>
    /// <param name="now">What is about to be exported, as far as it is known.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>A sound export or null, what it is of that the new one is not, and whether there is a damaged one instead.</returns>
    /// <exception cref="UpgradeException">OtherExport, ForeignFile, ExportDamaged, UnknownFormat, SymbolicLink, a syntax error in an export.yaml that is not an export's.</exception>
    public static async Task<(ExportSummary? Export, string? Difference, bool IsDamaged)> AcceptAsync(
        ExportOptions options, ClusterConfigExport now, CancellationToken cancellationToken)
    {
        ExportSummary? earlier;
        try
        {
            earlier = await FindSoundAsync(now.Path, cancellationToken).ConfigureAwait(false);
        }
        catch (UpgradeException exception) when (options.ReplaceExport && exception.Failure.Id == ManifestFailures.ExportDamaged)
        {
            return (null, null, true);
        }

        if (earlier is null)
            RefuseForeignRecords(now.Path);
        var difference = earlier is null ? null : Difference(earlier.Export, now);
        if (difference is not null && !options.ReplaceExport)
            throw ExportFailures.OtherExport(now.Path, difference);
        return (earlier, difference, false);
    }

    private static async Task<ExportSummary?> FindSoundAsync(string directory, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, ExportLayout.Summary);
        var list = Path.Combine(directory, ExportLayout.Files);
        var export = await ExportSummary.FindAsync(directory, cancellationToken).ConfigureAwait(false);
        if (export is null && !File.Exists(path) && IsOurs(list))
            throw new UpgradeException(ManifestFailures.NoSummary(path));
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

    private static void RefuseForeignRecords(string directory)
    {
        foreach (var record in (string[])[ExportLayout.Summary, ExportLayout.Files, ExportLayout.LeftOut])
        {
            if (File.Exists(Path.Combine(directory, record)))
                throw ExportFailures.ForeignRecord(Path.Combine(directory, record));
        }
    }

    // What an earlier export is of that the new one is not.
    private static string? Difference(ClusterConfigExport earlier, ClusterConfigExport now)
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
